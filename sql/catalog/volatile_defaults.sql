-- Purpose: which default expressions of columns and domains in the schemas $1 oid[] may give each row another value, asked
--          as the server does when a column is added (contain_volatile_functions, src/backend/optimizer/util/clauses.c):
--          of the functions, operators and conversions by text in the expression's tree. The built-in ones are in no
--          pg_depend. number: of the column; 0: `of` is a domain.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one look at each tree. Least server version: 14.
-- A space within a name is escaped in a tree, so that a field is what it looks like. What is stable stays in the tree as a
-- node of its own (SQLValueFunction: CURRENT_TIMESTAMP), and an identity has no default.
with met (of, number, tree) as (
  select d.adrelid, d.adnum, d.adbin::text
  from pg_attrdef d
  join pg_class c on c.oid = d.adrelid
  where c.relnamespace = any ($1) and c.relpersistence <> 't'
  union all
  select t.oid, 0::int2, t.typdefaultbin::text
  from pg_type t
  where t.typnamespace = any ($1) and t.typtype = 'd' and t.typdefaultbin is not null
),
-- A constant has none of these, and most defaults are constants.
computed as (
  select of, number, tree from met where tree ~ ':(funcid|opnos?) |\{(COERCEVIAIO|NEXTVALUEEXPR) '
)
select of, number
from computed
where tree like '%{NEXTVALUEEXPR %'
   or exists (select from regexp_matches(tree, ':funcid (\d+)', 'g') m (id)
              join pg_proc p on p.oid = m.id[1]::oid
              where p.provolatile = 'v')
   or exists (select from regexp_matches(tree, ':opno (\d+)|:opnos \(o ([ \d]+)\)', 'g') m (id)
              cross join regexp_split_to_table(coalesce(m.id[1], m.id[2]), ' ') one
              join pg_operator o on o.oid = one::oid
              join pg_proc p on p.oid = o.oprcode
              where p.provolatile = 'v')
   -- A conversion by text calls the output function of one type and the input function of another. Which type the value
   -- to convert has, its node alone knows: any of the types in the tree.
   or tree like '%{COERCEVIAIO %'
      and exists (select from regexp_matches(tree, ':\w*type(?:id)? (\d+)', 'gi') m (id)
                  join pg_type t on t.oid = m.id[1]::oid
                  join pg_proc p on p.oid in (t.typinput, t.typoutput)
                  where p.provolatile = 'v')
