-- Purpose: functions and procedures of the schemas $1 oid[] with their whole definition, without aggregates and the
--          functions of range types. A body in BEGIN ATOMIC form is left out here (null): printing it locks what it
--          reads (atomic_routines.sql).
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one definition a routine. Least server version: 14.
select p.oid, p.pronamespace as namespace, p.proname as name, oidvectortypes(p.proargtypes) as arguments,
       p.prokind = 'p' as is_procedure,
       case when p.prokind = 'p' then '' else pg_get_function_result(p.oid) end as returns,
       case when p.prosqlbody is null then pg_get_functiondef(p.oid) end as definition,
       p.prorettype in ('trigger'::regtype, 'event_trigger'::regtype) as is_trigger
from pg_proc p
where p.pronamespace = any ($1)
  and p.prokind in ('f', 'p', 'w')
  and not exists (select from pg_depend d
                  where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype in ('e', 'i'))
