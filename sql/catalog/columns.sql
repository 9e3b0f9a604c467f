-- Purpose: the columns of relations in the schemas $1 oid[], raw: types by oid, no default expressions.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a column. Least server version: 14.
-- In 18 a NOT NULL is a constraint, which can be not valid (the column is not yet proven to hold no NULL), and can be
-- one that inheritance children do not get: only such a constraint is returned.
select a.attrelid as relation, a.attnum as number, a.attname as name, a.atttypid as type_oid, a.atttypmod as type_modifier,
       a.attcollation as collation,
       a.attnotnull and coalesce(k.convalidated, true) as not_null, k.conname as not_null_name,
       coalesce(k.convalidated, true) as not_null_validated, coalesce(k.connoinherit, false) as not_null_no_inherit,
       a.attidentity as identity, a.attgenerated as generated, a.attinhcount > 0 and not a.attislocal as inherited,
       a.attstorage as storage, a.attcompression as compression, a.attstattarget::int4 as statistics_target,
       a.attoptions as options, a.atthasdef as has_expression
from pg_attribute a
join pg_class c on c.oid = a.attrelid
left join pg_constraint k on k.conrelid = a.attrelid and k.contype = 'n' and k.conkey = array[a.attnum]
                             and (not k.convalidated or k.connoinherit)
where c.relnamespace = any ($1)
  and c.relkind in ('r', 'p', 'v', 'm')
  and c.relpersistence <> 't'
  and a.attnum > 0
  and not a.attisdropped
