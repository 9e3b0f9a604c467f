-- Purpose: range types of the schemas $1 oid[], each with the statement that creates it.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a type. Least server version: 14.
select t.typnamespace as namespace, t.typname as name,
       -- definition
       (select format('CREATE TYPE %I.%I AS RANGE (', s.nspname, t.typname)
        from pg_namespace s where s.oid = t.typnamespace)
       || array_to_string(array[
         'SUBTYPE = ' || format_type(r.rngsubtype, null),
         (select format('SUBTYPE_OPCLASS = %I.%I', s.nspname, o.opcname)
          from pg_opclass o join pg_namespace s on s.oid = o.opcnamespace
          where o.oid = r.rngsubopc and not o.opcdefault),
         (select format('COLLATION = %I.%I', s.nspname, l.collname)
          from pg_collation l
          join pg_namespace s on s.oid = l.collnamespace
          join pg_type own on own.oid = r.rngsubtype
          where l.oid = r.rngcollation and l.oid <> own.typcollation),
         case when r.rngcanonical::oid <> 0 then 'CANONICAL = ' || r.rngcanonical::text end,
         case when r.rngsubdiff::oid <> 0 then 'SUBTYPE_DIFF = ' || r.rngsubdiff::text end,
         (select format('MULTIRANGE_TYPE_NAME = %I.%I', s.nspname, m.typname)
          from pg_type m join pg_namespace s on s.oid = m.typnamespace
          where m.oid = r.rngmultitypid)], ', ')
       || ')'
       -- end of definition
       as definition
from pg_range r
join pg_type t on t.oid = r.rngtypid
where t.typnamespace = any ($1)
  and not exists (select from pg_depend d
                  where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
