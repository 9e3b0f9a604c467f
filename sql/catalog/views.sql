-- Purpose: the queries of views and materialized views in the schemas $1 oid[], unless they read a busy relation $2 oid[].
-- Locks:   ACCESS SHARE on the views and on what they read. Cost: one query a view. Least server version: 14.
select c.oid, rtrim(pg_get_viewdef(c.oid), '; ') as query
from pg_class c
where c.relnamespace = any ($1)
  and c.relkind in ('v', 'm')
  and c.relpersistence <> 't'
  and c.oid <> all ($2)
  and not exists (select from pg_rewrite w
                  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
                                  and d.refclassid = 'pg_class'::regclass
                  where w.ev_class = c.oid and d.refobjid = any ($2))
