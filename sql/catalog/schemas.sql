-- Purpose: the schemas that are watched. $1 text[]: only these; null: all but the system's.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a schema. Least server version: 14.
select n.oid, n.nspname as name
from pg_namespace n
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
