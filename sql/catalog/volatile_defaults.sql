-- Purpose: which default expressions of columns and domains in the schemas $1 oid[] may give each row a different
--          value, decided as the server does when a column is added (contain_volatile_functions,
--          src/backend/optimizer/util/clauses.c): by the functions, operators and conversions by text in the
--          expression's tree. The built-in ones are not in pg_depend. number: of the column; 0: `of` is a domain.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one look at each tree. Least server version: 14.
-- The server adds defaults of a function's arguments before it decides. It also replaces an SQL function by its body
-- then; a function that is only declared volatile stays volatile here, which is the safe choice. A space within a name
-- is escaped in a tree, so that fields can be recognised. What is stable stays in the tree as a node of its own
-- (SQLValueFunction: CURRENT_TIMESTAMP), and an identity has no default.
with met (of, number, tree) as not materialized (
  select d.adrelid, d.adnum, d.adbin::text
  from pg_attrdef d
  join pg_class c on c.oid = d.adrelid
  where c.relnamespace = any ($1) and c.relpersistence <> 't'
  union all
  select t.oid, 0::int2, t.typdefaultbin::text
  from pg_type t
  where t.typnamespace = any ($1) and t.typtype = 'd' and t.typdefaultbin is not null
),
functions as materialized (
  select p.oid
  from pg_proc p
  where p.provolatile = 'v'
     or p.pronargdefaults > 0
        and exists (select from unnest((string_to_array(p.proargdefaults::text, ':funcid '))[2:]) given
                    join pg_proc g on g.oid = split_part(given, ' ', 1)::oid
                    where g.provolatile = 'v' or g.pronargdefaults > 0)
),
-- Two kinds of node that are rare, and that the server's own defaults do not use: the tables for them are read only if
-- there is one.
operators as materialized (
  select o.oid from pg_operator o join pg_proc p on p.oid = o.oprcode where p.provolatile = 'v'
),
types as materialized (
  select t.oid
  from pg_type t
  where t.typtype <> 'p'
    and (t.typinput in (select p.oid from pg_proc p where p.provolatile = 'v')
         or t.typoutput in (select p.oid from pg_proc p where p.provolatile = 'v'))
)
select m.of, m.number
from met m
cross join unnest((string_to_array(m.tree, ':funcid '))[2:]) call
join functions f on f.oid = split_part(call, ' ', 1)::oid
where strpos(m.tree, ':funcid ') > 0
union
select m.of, m.number
from met m
where exists (select from operators)
  and exists (select from regexp_matches(m.tree, ':opno (\d+)|:opnos \(o ([ \d]+)\)', 'g') at (id)
              cross join regexp_split_to_table(coalesce(at.id[1], at.id[2]), ' ') one
              join operators o on o.oid = one::oid)
union
-- A conversion by text calls the output function of one type and the input function of another. The type of the value
-- to convert is known only to its node: any of the types in the tree.
select m.of, m.number
from met m
where exists (select from types)
  and strpos(m.tree, '{COERCEVIAIO ') > 0
  and exists (select from regexp_matches(m.tree, ':\w*type(?:id)? (\d+)', 'gi') at (id)
              join types t on t.oid = at.id[1]::oid)
