-- Purpose: the columns of relations in the schemas $1 oid[], raw: types by oid, no default expressions.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a column. Least server version: 14.
-- In 18 a NOT NULL can be not valid: then the column is not yet proven to hold no NULL.
select a.attrelid as relation, a.attnum as number, a.attname as name, a.atttypid as type_oid, a.atttypmod as type_modifier,
       a.attcollation as collation,
       a.attnotnull and not exists (select from pg_constraint k
                                    where k.conrelid = a.attrelid and k.contype = 'n' and not k.convalidated
                                      and k.conkey = array[a.attnum]) as not_null,
       a.attidentity as identity, a.attgenerated as generated, a.attinhcount > 0 and not a.attislocal as inherited,
       a.attstorage as storage, a.attcompression as compression, a.attstattarget::int4 as statistics_target,
       a.attoptions as options, a.atthasdef as has_expression
from pg_attribute a
join pg_class c on c.oid = a.attrelid
where c.relnamespace = any ($1)
  and c.relkind in ('r', 'p', 'v', 'm')
  and c.relpersistence <> 't'
  and a.attnum > 0
  and not a.attisdropped
