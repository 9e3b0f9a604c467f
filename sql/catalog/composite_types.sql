-- Purpose: composite types of the schemas $1 oid[], with the names and types of their attributes.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a type. Least server version: 14.
select c.relnamespace as namespace, c.relname as name,
       array(select a.attname::text
             from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             order by a.attnum) as names,
       array(select
               -- definition
               format_type(a.atttypid, a.atttypmod)
               || coalesce((select format(' COLLATE %I.%I', s.nspname, l.collname)
                            from pg_collation l
                            join pg_namespace s on s.oid = l.collnamespace
                            join pg_type own on own.oid = a.atttypid
                            where l.oid = a.attcollation and l.oid <> own.typcollation), '')
               -- end of definition
             from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             order by a.attnum) as types
from pg_class c
where c.relnamespace = any ($1)
  and c.relkind = 'c'
  and not exists (select from pg_depend d
                  where d.classid = 'pg_type'::regclass and d.objid = c.reltype and d.deptype = 'e')
