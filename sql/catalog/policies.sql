-- Purpose: policies on tables of the schemas $1 oid[], each with the statement that creates it for PUBLIC; null if it
--          reads a busy relation $2 oid[].
-- Locks:   ACCESS SHARE on the tables and on what the policies read. Cost: two expressions a policy.
-- Least server version: 14.
select p.polrelid as relation, s.nspname as table_schema, c.relname as table_name, s.nspname as schema, p.polname as name,
       held.is as busy, 'O'::"char" as enabled, null::int4 as target,
       array(select r.rolname::text from pg_roles r where r.oid = any (p.polroles) order by r.rolname) as roles,
       case when not held.is then
       -- definition
       (select format('CREATE POLICY %I ON %I.%I AS %s FOR %s', p.polname, s.nspname, c.relname,
                      case when p.polpermissive then 'PERMISSIVE' else 'RESTRICTIVE' end,
                      case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE'
                                    when 'd' then 'DELETE' else 'ALL' end)
        from pg_class c join pg_namespace s on s.oid = c.relnamespace
        where c.oid = p.polrelid)
       || case when p.polqual is null then '' else ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')' end
       || case when p.polwithcheck is null then '' else
            ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')' end
       -- end of definition
       end as definition
from pg_policy p
join pg_class c on c.oid = p.polrelid
join pg_namespace s on s.oid = c.relnamespace
cross join lateral (select exists (select from pg_depend d
                                   where d.classid = 'pg_policy'::regclass and d.objid = p.oid
                                     and d.refclassid = 'pg_class'::regclass and d.refobjid = any ($2)) as is) held
where c.relnamespace = any ($1)
  and c.relpersistence <> 't'
  and not exists (select from pg_depend d
                  where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
