-- Purpose: dependent objects of tables, columns, keys, indexes, routines and types of the schemas $1 text[] that are in
--          no catalog of a plan: objects without a model (casts, operators, operator classes, foreign tables …), in
--          another schema, or publications that are not among $2 text[]. One row for each pair: the kind and name of
--          what is needed, the dependent, for people, whether the server itself rebuilds it when the type of its column
--          changes, and whether it stores values of the type. A dependency on a row or array type counts as one on its
--          relation or element.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one scan of pg_depend. Least server version: 14.
with watched as (
    select n.oid from pg_catalog.pg_namespace n where n.nspname = any ($1)
), pairs as (
    select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid,
        -- A view is represented by its rule, a default by its column.
        case when w.ev_class is not null then w.ev_class when a.adrelid is not null then a.adrelid
             when k.conrelid > 0 then k.conrelid when t.tgrelid is not null then t.tgrelid
             when p.polrelid is not null then p.polrelid
             when d.classid = 'pg_catalog.pg_class'::regclass then d.objid end as relation,
        case when k.contypid > 0 then k.contypid when d.classid = 'pg_catalog.pg_type'::regclass then d.objid end as type
    from pg_catalog.pg_depend d
    left join pg_catalog.pg_rewrite w on d.classid = 'pg_catalog.pg_rewrite'::regclass and w.oid = d.objid
    left join pg_catalog.pg_attrdef a on d.classid = 'pg_catalog.pg_attrdef'::regclass and a.oid = d.objid
    left join pg_catalog.pg_constraint k on d.classid = 'pg_catalog.pg_constraint'::regclass and k.oid = d.objid
    left join pg_catalog.pg_trigger t on d.classid = 'pg_catalog.pg_trigger'::regclass and t.oid = d.objid
    left join pg_catalog.pg_policy p on d.classid = 'pg_catalog.pg_policy'::regclass and p.oid = d.objid
    where d.deptype = 'n' and d.objid >= 16384 and d.refobjid >= 16384
        and d.refclassid in ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_type'::regclass,
            'pg_catalog.pg_constraint'::regclass)
), strange as (
    select p.*,
        p.classid = 'pg_catalog.pg_class'::regclass and p.objsubid > 0 and c.relkind in ('r', 'p', 'm', 'f')
            or y.typtype in ('d', 'c', 'r') as holds
    from pairs p
    left join pg_catalog.pg_class c on c.oid = p.relation
    left join pg_catalog.pg_class i on c.relkind = 'i' and i.oid = (
        select x.indrelid from pg_catalog.pg_index x where x.indexrelid = c.oid)
    left join pg_catalog.pg_type y on y.oid = p.type
    left join pg_catalog.pg_proc f on p.classid = 'pg_catalog.pg_proc'::regclass and f.oid = p.objid
    left join pg_catalog.pg_statistic_ext s on p.classid = 'pg_catalog.pg_statistic_ext'::regclass and s.oid = p.objid
    left join pg_catalog.pg_publication_rel r on p.classid = 'pg_catalog.pg_publication_rel'::regclass and r.oid = p.objid
    left join pg_catalog.pg_publication u on u.oid = r.prpubid
    where case
        when c.oid is not null then c.relkind = 'f' or coalesce(i.relnamespace, c.relnamespace) not in (select oid from watched)
        when y.oid is not null then y.typtype = 'b' and y.typelem = 0 or y.typnamespace not in (select oid from watched)
        when f.oid is not null then f.pronamespace not in (select oid from watched)
        when s.oid is not null then s.stxnamespace not in (select oid from watched)
        when u.pubname is not null then u.pubname <> all ($2)
        else p.classid not in ('pg_catalog.pg_event_trigger'::regclass, 'pg_catalog.pg_extension'::regclass)
    end
), needed as (
    select s.*, coalesce(element.oid, t.oid) as needed_type
    from strange s
    left join pg_catalog.pg_type t on s.refclassid = 'pg_catalog.pg_type'::regclass and t.oid = s.refobjid
    left join pg_catalog.pg_type element on element.oid = t.typelem and element.typarray = t.oid
)
select distinct
    case when p.oid is not null then 'routine'
         when key.oid is not null then 'constraint'
         when b.indexrelid is not null then 'index'
         when c.oid is null then case t.typtype when 'd' then 'domain' else 'type' end
         when a.attname is not null then 'column'
         when c.relkind = 'c' then 'type'
         when c.relkind = 'v' then 'view' when c.relkind = 'm' then 'materialized view' when c.relkind = 'S' then 'sequence'
         else 'table' end as kind,
    n.nspname::text as schema, coalesce(p.proname, o.relname, c.relname, t.typname)::text as name,
    case when p.oid is not null then pg_catalog.oidvectortypes(p.proargtypes)
         when key.oid is not null then key.conname::text
         when b.indexrelid is not null then c.relname::text
         else a.attname::text end as member,
    pg_catalog.pg_describe_object(x.classid, x.objid, x.objsubid) as what,
    x.classid in ('pg_catalog.pg_constraint'::regclass, 'pg_catalog.pg_class'::regclass,
        'pg_catalog.pg_statistic_ext'::regclass) as follows_type,
    coalesce(x.holds, false) as holds
from needed x
left join pg_catalog.pg_proc p on x.refclassid = 'pg_catalog.pg_proc'::regclass and p.oid = x.refobjid
left join pg_catalog.pg_type t on t.oid = x.needed_type
left join pg_catalog.pg_class c on c.oid = coalesce(
    case when x.refclassid = 'pg_catalog.pg_class'::regclass then x.refobjid end, nullif(t.typrelid, 0))
-- A foreign key depends on the index of the key, and a query that is grouped by it on the key itself.
left join pg_catalog.pg_index b on b.indexrelid = c.oid
left join pg_catalog.pg_constraint key on key.conrelid > 0 and (
    x.refclassid = 'pg_catalog.pg_constraint'::regclass and key.oid = x.refobjid
    or key.conindid = b.indexrelid and key.contype in ('p', 'u', 'x'))
left join pg_catalog.pg_class o on o.oid = coalesce(key.conrelid, b.indrelid)
left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = x.refobjsubid and x.refobjsubid > 0
join pg_catalog.pg_namespace n on n.oid = coalesce(p.pronamespace, o.relnamespace, c.relnamespace, t.typnamespace)
where n.oid in (select oid from watched) and coalesce(c.relkind, 'r') in ('r', 'p', 'v', 'm', 'S', 'c', 'i', 'I')
