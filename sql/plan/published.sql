-- Purpose: tables, with their partitions, whose UPDATEs are published and that have no replica identity: they accept no
--          UPDATE (55000).
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a published table. Least server version: 14.
with recursive published as (
    select c.oid
    from pg_catalog.pg_publication p
    join pg_catalog.pg_publication_tables t on t.pubname = p.pubname
    join pg_catalog.pg_namespace n on n.nspname = t.schemaname
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
    where p.pubupdate
    union
    select i.inhrelid from published u
    join pg_catalog.pg_class r on r.oid = u.oid and r.relkind = 'p'
    join pg_catalog.pg_inherits i on i.inhparent = r.oid
)
select n.nspname::text as schema, c.relname::text as name
from published u
join pg_catalog.pg_class c on c.oid = u.oid and c.relkind = 'r'
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relreplident = 'n' or c.relreplident in ('d', 'i') and not exists (
    select from pg_catalog.pg_index i
    where i.indrelid = c.oid and i.indisvalid
        and case c.relreplident when 'i' then i.indisreplident else i.indisprimary end)
