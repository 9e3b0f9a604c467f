-- Purpose: privileges that new objects of the role $1 are born with beyond what is usual (ALTER DEFAULT PRIVILEGES), by
--          schema (null: in any) and kind: r, S, f, T, n as in pg_default_acl.
-- Locks:   none. Cost: one row a privilege. Least server version: 14.
select n.nspname::text as schema, d.defaclobjtype::text as kind,
    case e.grantee when d.defaclrole then 'owner' when 0 then 'public' else 'role' end as grantee, r.rolname::text as role,
    e.privilege_type as privilege, e.is_grantable as grantable
from pg_catalog.pg_default_acl d
left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
cross join lateral pg_catalog.aclexplode(d.defaclacl) e
left join pg_catalog.pg_roles r on r.oid = e.grantee
where d.defaclrole = (select o.oid from pg_catalog.pg_roles o where o.rolname = $1)
    and not exists (
        select from pg_catalog.aclexplode(pg_catalog.acldefault(case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end,
                                                                d.defaclrole)) u
        where u.grantee = e.grantee and u.privilege_type = e.privilege_type and u.is_grantable = e.is_grantable)
