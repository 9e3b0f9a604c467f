-- Purpose: the indexes of tables and materialized views in the schemas $1 oid[] that no constraint owns, raw.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row an index. Least server version: 14.
select i.indexrelid, i.indrelid, c.relname, m.amname, i.indisunique, i.indnullsnotdistinct, i.indnkeyatts,
       i.indkey::text, i.indclass::text, i.indcollation::text, i.indoption::text, i.indisvalid and i.indisready,
       exists (select from pg_inherits h where h.inhrelid = i.indexrelid), i.indpred is not null,
       c.reloptions, s.spcname
from (values (false)) as older (indnullsnotdistinct)
cross join lateral (
  select indexrelid, indrelid, indisunique, indnullsnotdistinct, indnkeyatts, indkey, indclass, indcollation, indoption,
         indisvalid, indisready, indpred
  from pg_index
) i
join pg_class c on c.oid = i.indexrelid
join pg_am m on m.oid = c.relam
left join pg_tablespace s on s.oid = c.reltablespace
where c.relnamespace = any ($1)
  and not exists (select from pg_constraint k
                  where k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x'))
