-- Purpose: parameters of operator classes in indexes, e.g. gist_trgm_ops(siglen=32), and statistics targets of
--          expression keys. Rare.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one scan of pg_attribute. Least server version: 14.
select a.attrelid as index, a.attnum as key, array_to_string(a.attoptions, ', ') as parameters,
       nullif(a.attstattarget, -1)::int4 as statistics_target
from pg_attribute a
join pg_class c on c.oid = a.attrelid
where (a.attoptions is not null or a.attstattarget >= 0)
  and c.relkind in ('i', 'I')
  and c.relnamespace = any ($1)
