-- Purpose: definitions of routines with a BEGIN ATOMIC body in the schemas $1 oid[], unless the body reads one of the
--          busy relations $2 oid[].
-- Locks:   ACCESS SHARE on the relations that the bodies name. Least server version: 14.
select p.oid, pg_get_functiondef(p.oid) as definition
from pg_proc p
where p.pronamespace = any ($1)
  and p.prokind in ('f', 'p', 'w')
  and p.prosqlbody is not null
  and not exists (select from pg_depend d
                  where d.classid = 'pg_proc'::regclass and d.objid = p.oid
                    and d.refclassid = 'pg_class'::regclass and d.refobjid = any ($2))
