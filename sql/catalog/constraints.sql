-- Purpose: primary, unique, foreign, check and exclusion constraints on tables of the schemas $1 oid[], raw.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a constraint. Least server version: 14.
-- The kinds are an allow-list: 18 added 'n' (NOT NULL). Columns that an older server lacks are found in `older`
-- instead: a name is looked up in the innermost FROM first.
select k.oid, k.conrelid as relation, k.conname as name, k.contype as kind, k.condeferrable as deferrable,
       k.condeferred as deferred, k.convalidated as validated,
       k.conenforced and coalesce(i.indisvalid and i.indisready, true)
         and not exists (select from pg_trigger t
                         where t.tgconstraint = k.oid and t.tgisinternal and t.tgenabled in ('D', 'R')) as enforced,
       k.conparentid <> 0 or (k.coninhcount > 0 and not k.conislocal) as inherited,
       k.connoinherit as no_inherit, k.conkey as keys, i.indkey::text as indexed,
       coalesce(i.indnullsnotdistinct, false) as nulls_not_distinct, k.conperiod as period,
       k.confrelid as parent, k.confkey as parent_keys, k.confmatchtype as match_type, k.confupdtype as on_update,
       k.confdeltype as on_delete, k.confdelsetcols as on_delete_keys, ic.reloptions as options, s.spcname as tablespace
from (values (true, false, null::int2[])) as older (conenforced, conperiod, confdelsetcols)
cross join lateral (
  select c.oid, conrelid, conname, contype, condeferrable, condeferred, convalidated, conenforced, conparentid,
         coninhcount, conislocal, connoinherit, conkey, conperiod, conindid, confrelid, confkey, confmatchtype,
         confupdtype, confdeltype, confdelsetcols
  from pg_constraint c
  where c.contype in ('p', 'u', 'f', 'c', 'x') and c.conrelid <> 0 and c.connamespace = any ($1)
    -- A key that references a partitioned table has a row for each partition, which is no constraint of its own.
    and not exists (select from pg_constraint whole where whole.oid = c.conparentid and whole.conrelid = c.conrelid)
) k
left join lateral (
  select x.*
  from (values (false)) as older (indnullsnotdistinct)
  cross join lateral (select indkey, indnullsnotdistinct, indisvalid, indisready, indexrelid from pg_index) x
  where x.indexrelid = k.conindid and k.contype in ('p', 'u', 'x')
) i on true
left join pg_class ic on ic.oid = i.indexrelid
left join pg_tablespace s on s.oid = ic.reltablespace
