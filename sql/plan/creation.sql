-- Purpose: where the role $1 may not create objects: schemas, and in the row whose schema is NULL the database itself.
-- Locks:   none. Cost: one row a schema. Least server version: 14.
select n.nspname::text as schema
from pg_catalog.pg_namespace n
where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not pg_catalog.has_schema_privilege($1::name, n.oid, 'CREATE')
union all
select null
where not pg_catalog.has_database_privilege($1::name, pg_catalog.current_database(), 'CREATE')
