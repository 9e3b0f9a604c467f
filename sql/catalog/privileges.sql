-- Purpose: privileges that differ from the built-in defaults of the kind, on what is compared in the schemas $1 oid[].
--          Members of extensions are left out. held: no, yes, grantable; others: granted by another role than the
--          owner.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a privilege. Least server version: 14.
with met as (
  -- kind, schema, name, member, owner, privileges, the usual ones, and what would belong to an extension
  select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end
           as kind, c.relnamespace as namespace, c.relname as name, null::text as member, c.relowner as owner,
         c.relacl as acl, acldefault(case c.relkind when 'S' then 's'::"char" else 'r' end, c.relowner) as usual,
         'pg_class'::regclass::oid as class, c.oid as oid
  from pg_class c
  where c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relpersistence <> 't' and c.relacl is not null
  union all
  select 'column', c.relnamespace, c.relname, a.attname, c.relowner, a.attacl, acldefault('c', c.relowner),
         'pg_class'::regclass, c.oid
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm') and c.relpersistence <> 't'
  where a.attacl is not null and a.attnum > 0 and not a.attisdropped
  union all
  select case t.typtype when 'd' then 'domain' else 'type' end, t.typnamespace, t.typname, null, t.typowner, t.typacl,
         acldefault('T', t.typowner), 'pg_type'::regclass, t.oid
  from pg_type t
  where t.typtype in ('d', 'e', 'c', 'r') and t.typacl is not null
  union all
  select 'routine', p.pronamespace, p.proname, oidvectortypes(p.proargtypes), p.proowner, p.proacl,
         acldefault('f', p.proowner), 'pg_proc'::regclass, p.oid
  from pg_proc p
  where p.proacl is not null
  union all
  -- Every database initially has a schema public in which PUBLIC has USAGE, and before 15 CREATE. One that was created
  -- later has no such privileges.
  select 'schema', n.oid, n.nspname, null, n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner)),
         acldefault('n', n.nspowner)
           || case when n.nspname = 'public' then array[makeaclitem(0, n.nspowner, 'USAGE', false)] end
           || case when n.nspname = 'public' and current_setting('server_version_num')::int < 150000
                   then array[makeaclitem(0, n.nspowner, 'CREATE', false)] end,
         'pg_namespace'::regclass, n.oid
  from pg_namespace n
  where n.nspacl is not null or n.nspname = 'public'
)
select m.kind, case when m.kind <> 'schema' then s.nspname::text end as schema, m.name::text, m.member::text,
       case d.grantee when m.owner then 'owner' when 0 then 'public' else 'role' end as grantee, r.rolname::text as role,
       d.privilege, d.held
from met m
join pg_namespace s on s.oid = m.namespace
cross join lateral (
  select coalesce(g.grantee, u.grantee) as grantee, coalesce(g.privilege_type, u.privilege_type) as privilege,
         case when g.grantee is null then 'no' when g.is_grantable then 'grantable' else 'yes' end as held
  from (select * from aclexplode(m.acl) where grantor = m.owner) g
  full join aclexplode(m.usual) u on u.grantee = g.grantee and u.privilege_type = g.privilege_type
  where g.is_grantable is distinct from u.is_grantable
  union all
  select o.grantee, o.privilege_type, 'others' from aclexplode(m.acl) o where o.grantor <> m.owner
) d
left join pg_roles r on r.oid = d.grantee
where m.namespace = any ($1)
  and not exists (select from pg_depend e where e.classid = m.class and e.objid = m.oid and e.deptype = 'e')
