-- Purpose: aggregates of the schemas $1 oid[], each with what it returns and the statement that creates it.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row an aggregate. Least server version: 14.
select p.pronamespace as namespace, p.proname as name, oidvectortypes(p.proargtypes) as arguments,
       format_type(p.prorettype, null) as returns,
       -- definition
       (select format('CREATE AGGREGATE %I.%I(%s) (', s.nspname, p.proname,
                      coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*'))
        from pg_namespace s where s.oid = p.pronamespace)
       || array_to_string(array[
         'SFUNC = ' || a.aggtransfn::text,
         'STYPE = ' || format_type(a.aggtranstype, null),
         case when a.aggtransspace <> 0 then 'SSPACE = ' || a.aggtransspace end,
         case when a.aggfinalfn::oid <> 0 then 'FINALFUNC = ' || a.aggfinalfn::text end,
         case when a.aggfinalextra then 'FINALFUNC_EXTRA' end,
         case when a.aggfinalfn::oid <> 0 then
           case a.aggfinalmodify when 'r' then 'FINALFUNC_MODIFY = READ_ONLY' when 's' then 'FINALFUNC_MODIFY = SHAREABLE'
                                 else 'FINALFUNC_MODIFY = READ_WRITE' end end,
         case when a.aggcombinefn::oid <> 0 then 'COMBINEFUNC = ' || a.aggcombinefn::text end,
         case when a.aggserialfn::oid <> 0 then 'SERIALFUNC = ' || a.aggserialfn::text end,
         case when a.aggdeserialfn::oid <> 0 then 'DESERIALFUNC = ' || a.aggdeserialfn::text end,
         'INITCOND = ' || quote_literal(a.agginitval),
         case when a.aggmtransfn::oid <> 0 then 'MSFUNC = ' || a.aggmtransfn::text end,
         case when a.aggminvtransfn::oid <> 0 then 'MINVFUNC = ' || a.aggminvtransfn::text end,
         case when a.aggmtranstype <> 0 then 'MSTYPE = ' || format_type(a.aggmtranstype, null) end,
         case when a.aggmtransspace <> 0 then 'MSSPACE = ' || a.aggmtransspace end,
         case when a.aggmfinalfn::oid <> 0 then 'MFINALFUNC = ' || a.aggmfinalfn::text end,
         case when a.aggmfinalextra then 'MFINALFUNC_EXTRA' end,
         case when a.aggmfinalfn::oid <> 0 then
           case a.aggmfinalmodify when 'r' then 'MFINALFUNC_MODIFY = READ_ONLY'
                                  when 's' then 'MFINALFUNC_MODIFY = SHAREABLE' else 'MFINALFUNC_MODIFY = READ_WRITE' end end,
         'MINITCOND = ' || quote_literal(a.aggminitval),
         (select format('SORTOP = OPERATOR(%I.%s)', s.nspname, o.oprname)
          from pg_operator o join pg_namespace s on s.oid = o.oprnamespace
          where o.oid = a.aggsortop),
         case p.proparallel when 's' then 'PARALLEL = SAFE' when 'r' then 'PARALLEL = RESTRICTED' end,
         case when a.aggkind = 'h' then 'HYPOTHETICAL' end], ', ')
       || ')'
       -- end of definition
       as definition
from pg_aggregate a
join pg_proc p on p.oid = a.aggfnoid::oid
where p.pronamespace = any ($1)
  and not exists (select from pg_depend d
                  where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
