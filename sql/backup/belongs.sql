-- Purpose: properties of some tables that a backup of them does not contain, as statements that create them again:
--          membership in publications, and extended statistics. `tag` is the name in `pg_restore --list`. A column that
--          does not exist any more is newer than the backup, and so are the statistics on it.
-- Locks:   none. Cost: milliseconds. Least server version: 14, which knows no row filters and no column lists.
select
    pg_catalog.format('TABLE %s %s', n.nspname, c.relname) as relation,
    pg_catalog.format('PUBLICATION TABLE %s %s %s', n.nspname, p.pubname, c.relname) as tag,
    pg_catalog.format(
        'alter publication %I add table only %I.%I%s%s', p.pubname, n.nspname, c.relname,
        case when pg_catalog.to_jsonb(m) ->> 'prattrs' is not null then (
            select pg_catalog.format(' (%s)', pg_catalog.string_agg(pg_catalog.quote_ident(a.name), ', ' order by a.at))
            from pg_catalog.jsonb_array_elements_text(pg_catalog.to_jsonb(t) -> 'attnames') with ordinality as a (name, at)
        ) end,
        ' where (' || (pg_catalog.to_jsonb(t) ->> 'rowfilter') || ')') as statement
from pg_catalog.pg_publication_rel m
join pg_catalog.pg_publication p on p.oid = m.prpubid
join pg_catalog.pg_class c on c.oid = m.prrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_publication_tables t
    on t.pubname = p.pubname and t.schemaname = n.nspname and t.tablename = c.relname
union all
select
    pg_catalog.format('TABLE %s %s', n.nspname, c.relname),
    pg_catalog.format('STATISTICS %s %s', s.nspname, x.stxname),
    pg_catalog.format(
        'do %L', pg_catalog.format(
            'begin execute %L; alter statistics %I.%I owner to %I; exception when undefined_column then null; end',
            pg_catalog.pg_get_statisticsobjdef(x.oid), s.nspname, x.stxname, pg_catalog.pg_get_userbyid(x.stxowner)))
from pg_catalog.pg_statistic_ext x
join pg_catalog.pg_class c on c.oid = x.stxrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_namespace s on s.oid = x.stxnamespace
order by 1, 2
