-- Purpose: the indexes of tables and materialized views in the schemas $1 oid[] that no constraint owns, raw. Without what
--          REINDEX CONCURRENTLY is building or dropping right now; that is a leftover only once nobody is at work on it.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row an index. Least server version: 14.
select i.indexrelid as oid, i.indrelid as relation, c.relname as name, m.amname as method, i.indisunique as unique,
       i.indnullsnotdistinct as nulls_not_distinct, i.indnkeyatts as key_count, i.indkey::text as columns,
       i.indclass::text as opclasses, i.indcollation::text as collations, i.indoption::text as flags,
       i.indisvalid and i.indisready as valid,
       exists (select from pg_inherits h where h.inhrelid = i.indexrelid) as inherited,
       i.indpred is not null as has_predicate, c.reloptions as options, s.spcname as tablespace
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
  and not (c.relname ~ '_cc(new|old)[0-9]*$' and not i.indisvalid
           -- Until its end it has both indexes locked so; whose progress it is, only some roles may see.
           and (exists (select from pg_locks l
                        where l.locktype = 'relation' and l.relation = i.indexrelid
                          and l.database = (select d.oid from pg_database d where d.datname = current_database())
                          and l.mode = 'ShareUpdateExclusiveLock' and l.granted and l.pid <> pg_backend_pid())
                or exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid)))
