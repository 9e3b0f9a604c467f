-- Purpose: the indexes of tables and materialized views in the schemas $1 oid[] that no constraint owns, raw. Without
--          those that REINDEX CONCURRENTLY is building or dropping right now: they are leftovers only when no session
--          works on them.
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
           -- Until it ends, it holds this lock on both indexes; only some roles may see its progress.
           and (exists (select from pg_locks l
                        where l.locktype = 'relation' and l.relation = i.indexrelid
                          and l.database = (select d.oid from pg_database d where d.datname = current_database())
                          and l.mode = 'ShareUpdateExclusiveLock' and l.granted and l.pid <> pg_backend_pid())
                or exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid)))
