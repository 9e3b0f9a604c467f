-- Purpose: check expressions and exclusion definitions on tables of the schemas $1 oid[], but for the busy relations
--          $2 oid[].
-- Locks:   ACCESS SHARE on each relation. Cost: one expression a constraint. Least server version: 14.
select k.oid, k.conrelid as relation,
       case k.contype when 'c' then pg_get_expr(k.conbin, k.conrelid) else pg_get_constraintdef(k.oid) end as expression
from pg_constraint k
where k.connamespace = any ($1)
  and k.conrelid <> 0
  and k.contype in ('c', 'x')
  and k.conrelid <> all ($2)
