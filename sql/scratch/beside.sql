-- Purpose: whether the script of an extension may run as a superuser in a database that is not empty: the extension is
--          trusted, or its schema contains nothing that a name in the script could resolve to: no routine, operator or
--          type outside of extensions. $1 the extension, $2 the schema.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row. Least server version: 14.
select exists (select from pg_available_extension_versions v where v.name = $1 and v.trusted)
    or not exists (
        select from pg_proc p where p.pronamespace::regnamespace::text = quote_ident($2)
            and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
        union all
        select from pg_operator o where o.oprnamespace::regnamespace::text = quote_ident($2)
            and not exists (select from pg_depend d where d.classid = 'pg_operator'::regclass and d.objid = o.oid and d.deptype = 'e')
        union all
        select from pg_type t where t.typnamespace::regnamespace::text = quote_ident($2) and t.typtype in ('b', 'd', 'e', 'r')
            and t.typelem = 0
            and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e'))
