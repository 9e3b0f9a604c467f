-- Purpose: removes the default privileges of this database temporarily, so that restored objects get the built-in ones:
--          an archive contains how privileges differ from these, and nothing for an object that has no others. The
--          statements that restore them are stored in the setting schemawarden.default_privileges, for this
--          transaction. Default privileges that this role may not change do not apply to objects that it creates.
-- Locks:   rows of pg_default_acl. Cost: milliseconds. Least server version: 14.
do $default_privileges$
declare
    removing text;
    again text;
begin
    with entries as (
        select
            d.oid,
            pg_catalog.format(
                'alter default privileges for role %I%s', r.rolname, ' in schema ' || pg_catalog.quote_ident(n.nspname)) as head,
            case d.defaclobjtype
                when 'r' then 'tables'
                when 'S' then 'sequences'
                when 'f' then 'routines'
                when 'T' then 'types'
                when 'n' then 'schemas'
                else 'large objects'
            end as what,
            d.defaclacl as theirs,
            -- Those of a schema are added to the others: by default it has none.
            case when n.oid is null
                then pg_catalog.acldefault(pg_catalog.replace(d.defaclobjtype::text, 'S', 's')::"char", d.defaclrole)
            end as built_in
        from pg_catalog.pg_default_acl d
        join pg_catalog.pg_roles r on r.oid = d.defaclrole
        left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
        where pg_catalog.pg_has_role(d.defaclrole, 'member')
    ),
    changes as (
        select oid, head, what, true as is_removing, theirs as old, built_in as new from entries
        union all
        select oid, head, what, false, built_in, theirs from entries
    ),
    statements as (
        select distinct changes.oid, is_removing, 1 as at, pg_catalog.format(
            '%s revoke all on %s from %s', head, what,
            coalesce(pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(nullif(acl.grantee, 0))), 'public')) as statement
        from changes
        cross join lateral pg_catalog.aclexplode(changes.old) as acl
        union all
        select changes.oid, is_removing, 2, pg_catalog.format(
            '%s grant %s on %s to %s%s', head, acl.privilege_type, what,
            coalesce(pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(nullif(acl.grantee, 0))), 'public'),
            case when acl.is_grantable then ' with grant option' end)
        from changes
        cross join lateral pg_catalog.aclexplode(changes.new) as acl
    )
    select
        pg_catalog.string_agg(statement, '; ' order by oid, at, statement) filter (where is_removing),
        pg_catalog.string_agg(statement, '; ' order by oid, at, statement) filter (where not is_removing)
    into removing, again
    from statements;
    execute coalesce(removing, 'select');
    perform pg_catalog.set_config('schemawarden.default_privileges', coalesce(again, 'select'), true);
end
$default_privileges$;
