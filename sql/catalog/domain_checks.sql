-- Purpose: the checks of domains in the schemas $1 oid[].
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a check. Least server version: 14.
select k.contypid as domain, k.conname as name, pg_get_expr(k.conbin, 0) as expression, k.convalidated as validated
from pg_constraint k
where k.connamespace = any ($1)
  and k.contype = 'c'
  and k.contypid <> 0
