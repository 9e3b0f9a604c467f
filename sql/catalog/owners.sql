-- Purpose: owners of what is compared in the schemas $1 oid[]; $2 bool: also of objects outside of schemas. Members of
--          extensions are left out.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row an object. Least server version: 14.
with met as (
  -- kind, schema, name, member, owner, and the class by which it may belong to an extension
  select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end
           as kind, c.relnamespace as namespace, c.relname as name, null::text as member, c.relowner as owner,
         'pg_class'::regclass::oid as class, c.oid as oid
  from pg_class c
  where c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relpersistence <> 't'
  union all
  select case t.typtype when 'd' then 'domain' else 'type' end, t.typnamespace, t.typname, null, t.typowner,
         'pg_type'::regclass, t.oid
  from pg_type t
  where t.typtype in ('d', 'e', 'r')
     or t.typtype = 'c' and exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c')
  union all
  select 'routine', p.pronamespace, p.proname, oidvectortypes(p.proargtypes), p.proowner, 'pg_proc'::regclass, p.oid
  from pg_proc p
  union all
  select 'schema', n.oid, n.nspname, null, n.nspowner, 'pg_namespace'::regclass, n.oid
  from pg_namespace n
  -- the plain classes
)
select m.kind, case when m.kind <> 'schema' then s.nspname::text end as schema, m.name::text, m.member::text,
       r.rolname::text as owner
from met m
left join pg_namespace s on s.oid = m.namespace
join pg_roles r on r.oid = m.owner
where case when m.namespace is null then $2 else m.namespace = any ($1) end
  and not exists (select from pg_depend e where e.classid = m.class and e.objid = m.oid and e.deptype = 'e')
