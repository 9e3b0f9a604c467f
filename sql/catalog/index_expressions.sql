-- Purpose: expression keys and predicates of indexes in the schemas $1 oid[], but for the busy relations $2 oid[].
-- Locks:   ACCESS SHARE on the indexed relations. Cost: one expression each. Least server version: 14.
-- A single expression is printed from its tree, at a third of the cost of pg_get_indexdef, and put in parentheses,
-- which CREATE INDEX requires for all but plain calls; several would be printed as one list, which could not be split.
select i.indexrelid as index, i.indrelid as relation, pg_get_expr(i.indpred, i.indrelid) as predicate,
       i.indpred is not null as has_predicate,
       case
         when i.indexprs is null then array[]::text[]
         when cardinality(array_positions(i.indkey::int2[], 0::int2)) = 1 then
           array[regexp_replace(pg_get_expr(i.indexprs, i.indrelid), '^(?![\w.]+\([^()]*\)$).*$', '(\&)')]
         else array(select pg_get_indexdef(i.indexrelid, k, false)
                    from generate_series(1, i.indnkeyatts) k
                    where i.indkey[k - 1] = 0
                    order by k)
       end as keys
from pg_index i
join pg_class c on c.oid = i.indexrelid
where c.relnamespace = any ($1)
  and (i.indpred is not null or i.indexprs is not null)
  and i.indrelid <> all ($2)
