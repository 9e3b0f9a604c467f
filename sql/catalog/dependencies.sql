-- Purpose: dependencies, raw: (class, oid, column) twice, the default of a column as the column. Those that follow from
--          the dependent's definition in the catalog (its table, its columns, the key that a foreign key references)
--          and objects of the system are left out.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one scan of pg_depend. Least server version: 14.
select case when a.oid is null then d.classid else 'pg_class'::regclass::oid end as class,
       coalesce(a.adrelid, d.objid) as oid, coalesce(a.adnum, d.objsubid)::int2 as number,
       d.refclassid as needed_class, d.refobjid as needed, d.refobjsubid::int2 as needed_number
from pg_depend d
left join pg_attrdef a on d.classid = 'pg_attrdef'::regclass and a.oid = d.objid
where d.objid >= 16384 and d.refobjid >= 16384  -- the system's own have smaller ones
  and case d.classid
        -- Up to 14 a generated column itself depends on the others; since 15 its expression does.
        when 'pg_class'::regclass then
          d.deptype = 'n' and d.refclassid in ('pg_type'::regclass, 'pg_proc'::regclass)
          or d.deptype = 'a' and d.refclassid = 'pg_class'::regclass and d.objid = d.refobjid and d.objsubid > 0
             and d.refobjsubid > 0
        when 'pg_constraint'::regclass then
          d.deptype = 'n' and d.refclassid in ('pg_type'::regclass, 'pg_proc'::regclass)
        when 'pg_statistic_ext'::regclass then
          d.deptype in ('n', 'a') and d.refclassid in ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass)
        when 'pg_extension'::regclass then d.deptype = 'n' and d.refclassid = 'pg_extension'::regclass
        -- parts of the plain classes
        else d.deptype = 'n'
             and d.classid in ('pg_attrdef'::regclass, 'pg_rewrite'::regclass, 'pg_trigger'::regclass,
                               'pg_proc'::regclass, 'pg_type'::regclass
                               -- the plain classes
                               )
             and d.refclassid in ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass,
                                  'pg_constraint'::regclass)
      end
