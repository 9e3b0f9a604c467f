-- Purpose: tables, partitioned tables, views and materialized views of the schemas $1 oid[].
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a relation. Least server version: 14.
select c.oid, c.relnamespace as namespace, c.relname as name, c.relkind as kind, c.relpersistence = 'u' as unlogged,
       case when c.relrowsecurity and c.relforcerowsecurity then 'forced' when c.relrowsecurity then 'on'
            when c.relforcerowsecurity then 'forced when on' else 'off' end as row_security,
       c.reloptions as options, t.reloptions as toast_options,
       m.amname as access_method, s.spcname as tablespace,
       case when c.reloftype <> 0 then format_type(c.reloftype, null) end as of_type,
       case c.relreplident when 'f' then 'full' when 'n' then 'nothing' when 'i' then 'index ' || coalesce(
         (select format('(%s)', string_agg(quote_ident(a.attname), ', ' order by k.nth))
          from pg_index i
          cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, nth)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
          where i.indrelid = c.oid and i.indisreplident and k.nth <= i.indnkeyatts), '(gone)') end as replica_identity,
       clustered.relname as clustered_on
from pg_class c
left join pg_class t on t.oid = c.reltoastrelid
left join pg_am m on m.oid = c.relam and m.amname <> 'heap'
left join pg_tablespace s on s.oid = c.reltablespace
left join (select i.indrelid, x.relname
           from pg_index i
           join pg_class x on x.oid = i.indexrelid
           where i.indisclustered) clustered on clustered.indrelid = c.oid
where c.relnamespace = any ($1)
  and c.relkind in ('r', 'p', 'v', 'm')
  and c.relpersistence <> 't'
  and not exists (select from pg_depend d
                  where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
