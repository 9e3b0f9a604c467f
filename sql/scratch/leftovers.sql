-- Purpose: what killed runs have left on a server for scratch databases: with exactly our names, an hour old or older,
--          and not in use. The kind is 'database', 'role' (the owner of a scratch database) or 'stand-in' (a
--          placeholder role).
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row for each. Least server version: 14.
with ours as (
    select '^schemawarden_scratch_[0-9]{10}_[0-9]{1,10}_[0-9a-f]{8}$'::text as pattern,
           '^schemawarden stand-in of [0-9]{10}$'::text as mark,
           extract(epoch from clock_timestamp())::int8 - 3600 as before)
select 'database' as kind, d.datname as name
from pg_database d, ours
where d.datname ~ ours.pattern
  and split_part(d.datname, '_', 3)::int8 < ours.before
  and not exists (select from pg_stat_activity a where a.datid = d.oid)
union all
select 'role', r.rolname
from pg_roles r, ours
where r.rolname ~ ours.pattern
  and split_part(r.rolname, '_', 3)::int8 < ours.before
  and not exists (select from pg_stat_activity a where a.usesysid = r.oid)
union all
select 'stand-in', r.rolname
from pg_roles r, ours
where shobj_description(r.oid, 'pg_authid') ~ ours.mark
  and not r.rolcanlogin
  and right(shobj_description(r.oid, 'pg_authid'), 10)::int8 < ours.before
  and not exists (select from pg_auth_members m join pg_roles member on member.oid = m.member, ours
                  where m.roleid = r.oid and member.rolname ~ ours.pattern
                    and split_part(member.rolname, '_', 3)::int8 >= ours.before)
