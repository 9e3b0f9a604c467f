-- Purpose: rules of relations of the schemas $1 oid[], without those that define views, each with the statement that
--          creates it; null if it reads a busy relation $2 oid[].
-- Locks:   ACCESS SHARE on the relations and on what the rules read. Cost: one query a rule. Least server version: 14.
select w.ev_class as relation, s.nspname as table_schema, c.relname as table_name, s.nspname as schema,
       w.rulename as name, held.is as busy, w.ev_enabled as enabled, null::int4 as target, array[]::text[] as roles,
       case when not held.is then
       -- definition
       rtrim(pg_get_ruledef(w.oid), '; ')
       -- end of definition
       end as definition
from pg_rewrite w
join pg_class c on c.oid = w.ev_class
join pg_namespace s on s.oid = c.relnamespace
cross join lateral (select exists (select from pg_depend d
                                   where d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
                                     and d.refclassid = 'pg_class'::regclass and d.refobjid = any ($2)) as is) held
where c.relnamespace = any ($1)
  and w.rulename <> '_RETURN'
  and c.relpersistence <> 't'
  and not exists (select from pg_depend d
                  where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
