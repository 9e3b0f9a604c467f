-- Purpose: how the default privileges of the role $1 (ALTER DEFAULT PRIVILEGES) differ from the built-in ones, by
--          schema (null: in any) and kind: r, S, f, T, n as in pg_default_acl. held: no, yes, grantable.
-- Locks:   none. Cost: one row a privilege. Least server version: 14.
select n.nspname::text as schema, d.defaclobjtype::text as kind,
    case e.grantee when d.defaclrole then 'owner' when 0 then 'public' else 'role' end as grantee, r.rolname::text as role,
    e.privilege, e.held
from pg_catalog.pg_default_acl d
left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
cross join lateral (
    select coalesce(g.grantee, u.grantee) as grantee, coalesce(g.privilege_type, u.privilege_type) as privilege,
        case when g.grantee is null then 'no' when g.is_grantable then 'grantable' else 'yes' end as held
    from pg_catalog.aclexplode(d.defaclacl) g
    full join pg_catalog.aclexplode(pg_catalog.acldefault(
        case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end, d.defaclrole)) u
        on u.grantee = g.grantee and u.privilege_type = g.privilege_type
    -- Those of a schema are added to the others.
    where g.is_grantable is distinct from u.is_grantable and (g.grantee is not null or d.defaclnamespace = 0)
) e
left join pg_catalog.pg_roles r on r.oid = e.grantee
where d.defaclrole = (select o.oid from pg_catalog.pg_roles o where o.rolname = $1)
