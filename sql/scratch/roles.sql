-- Purpose: of the roles $1 text[] those that are there, and whether each is a stand-in that we have made and that has no
--          rights of its own: no attribute, no membership.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a role. Least server version: 14.
select r.rolname,
       coalesce(shobj_description(r.oid, 'pg_authid') ~ '^schemawarden stand-in of [0-9]{10}$', false)
       and not (r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolcanlogin or r.rolreplication or r.rolbypassrls)
       and not exists (select from pg_auth_members m where m.member = r.oid)
from pg_roles r
where r.rolname = any ($1)
