-- Purpose: of the roles $1 text[] those that exist; whether each has no rights except on what it owns in other
--          databases (no attribute, no membership, nothing that all databases share); and whether it is a placeholder
--          role of ours.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a role. Least server version: 14.
select r.rolname as role,
       not (r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolcanlogin or r.rolreplication or r.rolbypassrls)
       and r.rolname !~ '^pg_'
       and not exists (select from pg_auth_members m where m.member = r.oid)
       and not exists (select from pg_shdepend d
                       where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.dbid = 0) as harmless,
       coalesce(shobj_description(r.oid, 'pg_authid') ~ '^schemawarden stand-in of [0-9]{10}$', false) as ours
from pg_roles r
where r.rolname = any ($1)
