-- Purpose: sequences of the schemas $1 oid[], and the column that owns each, by number.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a sequence. Least server version: 14.
select c.relnamespace, c.relname, format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
       s.seqcache, s.seqcycle, d.deptype is not distinct from 'i', d.refobjid, d.refobjsubid,
       c.relpersistence = 'u'
from pg_sequence s
join pg_class c on c.oid = s.seqrelid
left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
                     and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
where c.relnamespace = any ($1)
  and c.relpersistence <> 't'
  and not exists (select from pg_depend e
                  where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
