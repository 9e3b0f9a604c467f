-- Purpose: of the placeholder roles $1 text[] those that have no members except $2 and ourselves.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a role. Least server version: 14.
select r.rolname
from pg_roles r
where r.rolname = any ($1)
  and coalesce(shobj_description(r.oid, 'pg_authid') ~ '^schemawarden stand-in of [0-9]{10}$', false)
  and not exists (select from pg_auth_members m join pg_roles member on member.oid = m.member
                  where m.roleid = r.oid and member.rolname not in ($2, current_user))
