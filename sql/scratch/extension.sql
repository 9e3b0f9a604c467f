-- Purpose: in a scratch database, revokes from the schema's code what untrusted extensions let it reach outside of the
--          database: other servers, files, programs (dblink, http, adminpack …). Functions that only compute, including
--          those that triggers call, can still be called; they are not volatile.
-- Locks:   none that other sessions wait for. Cost: one statement a volatile function. Least server version: 14.
do $do$
declare it record;
begin
    for it in
        select p.oid::pg_catalog.regprocedure as routine
        from pg_catalog.pg_proc p
        join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid
            and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.deptype = 'e'
        join pg_catalog.pg_extension e on e.oid = d.refobjid
        where p.provolatile = 'v'
          and p.prorettype not in ('pg_catalog.trigger'::pg_catalog.regtype, 'pg_catalog.event_trigger'::pg_catalog.regtype,
                                   'pg_catalog.language_handler'::pg_catalog.regtype)
          and not exists (select from pg_catalog.pg_available_extension_versions v
                          where v.name = e.extname and v.version = e.extversion and v.trusted)
    loop
        execute pg_catalog.format('revoke all on routine %s from public', it.routine);
    end loop;
end
$do$
