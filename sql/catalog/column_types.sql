-- Purpose: how the column types that were met are spelled, and their defaults. $1 oid[], $2 int4[]: type and modifier.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a distinct type. Least server version: 14.
select t.oid, m.typmod as modifier, format_type(t.oid, m.typmod) as spelled, t.typcollation as collation,
       t.typstorage as storage
from unnest($1::oid[], $2::int4[]) as m (oid, typmod)
join pg_type t on t.oid = m.oid
