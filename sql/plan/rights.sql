-- Purpose: what the role $1 may not alter, because it is neither a superuser nor a member of the owner; and the tables
--          of which it, or an owner of tables, sees only a part of the rows (policed), because row level security
--          applies to that role. The server refuses the query (42704) if there is no such role.
-- Locks:   none. Cost: one row an object of another owner, one a table with row level security. Least server version:
--          14.
with strangers as (
    select r.oid, r.rolname::text as owner from pg_catalog.pg_roles r
    where not pg_catalog.pg_has_role($1::name, r.oid, 'USAGE')
), schemas as (
    select n.oid, n.nspname::text as schema, n.nspowner from pg_catalog.pg_namespace n
    where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
)
select 'schema' as kind, s.schema, '' as name, '' as arguments, o.owner
from schemas s join strangers o on o.oid = s.nspowner
union all
select 'relation', s.schema, c.relname::text, '', o.owner
from pg_catalog.pg_class c join schemas s on s.oid = c.relnamespace join strangers o on o.oid = c.relowner
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
union all
select 'policed', s.schema, c.relname::text, '', r.rolname::text
from pg_catalog.pg_class c join schemas s on s.oid = c.relnamespace
join pg_catalog.pg_roles r on r.rolname = $1::name or r.oid in (
    select o.relowner from pg_catalog.pg_class o join schemas on schemas.oid = o.relnamespace where o.relkind in ('r', 'p'))
where c.relkind in ('r', 'p') and c.relrowsecurity and not r.rolsuper and not r.rolbypassrls
    and (c.relforcerowsecurity or not pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE'))
union all
select 'type', s.schema, t.typname::text, '', o.owner
from pg_catalog.pg_type t join schemas s on s.oid = t.typnamespace join strangers o on o.oid = t.typowner
where t.typtype in ('e', 'd', 'r')
    or t.typtype = 'c' and exists (select from pg_catalog.pg_class c where c.oid = t.typrelid and c.relkind = 'c')
union all
select 'routine', s.schema, p.proname::text, pg_catalog.oidvectortypes(p.proargtypes), o.owner
from pg_catalog.pg_proc p join schemas s on s.oid = p.pronamespace join strangers o on o.oid = p.proowner
