-- Purpose: sequences of the schemas $1 oid[], and the column that owns each, by number.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a sequence. Least server version: 14.
select c.relnamespace as namespace, c.relname as name, format_type(s.seqtypid, null) as data_type, s.seqstart as start,
       s.seqincrement as increment, s.seqmin as min, s.seqmax as max, s.seqcache as cache, s.seqcycle as cycle,
       d.deptype is not distinct from 'i' as identity, d.refobjid as owner, d.refobjsubid as owner_column,
       c.relpersistence = 'u' as unlogged
from pg_sequence s
join pg_class c on c.oid = s.seqrelid
left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
                     and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
where c.relnamespace = any ($1)
  and c.relpersistence <> 't'
  and not exists (select from pg_depend e
                  where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
