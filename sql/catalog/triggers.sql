-- Purpose: triggers on relations of the schemas $1 oid[]; the definition is null if it has a WHEN condition and is on a
--          busy relation $2 oid[].
-- Locks:   ACCESS SHARE on relations that have triggers with WHEN. Cost: one definition a trigger.
-- Least server version: 14.
select t.tgrelid as relation, t.tgname as name,
       case when t.tgqual is null or t.tgrelid <> all ($2) then pg_get_triggerdef(t.oid) end as definition,
       t.tgtype as type_code,
       array(select a.attname::text
             from unnest(t.tgattr::int2[]) with ordinality as k (attnum, nth)
             join pg_attribute a on a.attrelid = t.tgrelid and a.attnum = k.attnum
             order by k.nth) as columns,
       t.tgqual is not null as conditional, s.nspname as function_schema, p.proname as function,
       t.tgenabled as enabled, t.tgparentid <> 0 as inherited
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
join pg_proc p on p.oid = t.tgfoid
join pg_namespace s on s.oid = p.pronamespace
where c.relnamespace = any ($1)
  and c.relpersistence <> 't'
  -- Up to 14 a trigger that a partition inherits counts as internal, like those of foreign keys.
  and (not t.tgisinternal
       or t.tgparentid <> 0 and not exists (select from pg_constraint k
                                            where k.oid = t.tgconstraint and k.contype <> 't'))
