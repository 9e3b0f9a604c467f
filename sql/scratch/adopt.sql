-- Purpose: statements that give to the role $1 what a superuser has just created in a scratch database for it: routines
--          and types that do not belong to an extension.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row for each. Least server version: 14.
select format('alter routine %s owner to %I', p.oid::regprocedure, $1)
from pg_proc p
where p.oid >= 16384
  and p.proowner = current_user::regrole
  and not exists (select from pg_depend d
                  where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype in ('e', 'i'))
union all
select format('alter type %s owner to %I', t.oid::regtype, $1)
from pg_type t
where t.oid >= 16384
  and t.typowner = current_user::regrole
  and t.typtype in ('b', 'd', 'e', 'r') and t.typelem = 0
  and not exists (select from pg_depend d
                  where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype in ('e', 'i'))
