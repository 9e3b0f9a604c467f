-- Purpose: objects that can prevent a backup from being restored: each object with a dependency in either direction,
--          each table and each schema. `tag` is the name in `pg_restore --list`, `relation` the table or domain that it
--          is a part of, which has the id `part_of`, `statement` drops it, `needs` are the objects that it depends on.
--          What is created and dropped with an object (a view's rule, a table's row type, a member of an extension)
--          counts as that object.
-- Locks:   none. Cost: milliseconds; a few seconds with thousands of tables. Least server version: 14.
with recursive home (class, id, at_class, at_id, depth) as (
    select ends.class, ends.id, ends.class, ends.id, 0
    from (
        select d.classid as class, d.objid as id from pg_catalog.pg_depend d
        union
        select d.refclassid, d.refobjid from pg_catalog.pg_depend d
    ) as ends
    union
    select home.class, home.id, d.refclassid, d.refobjid, home.depth + 1
    from home
    join pg_catalog.pg_depend d on d.classid = home.at_class and d.objid = home.at_id
    where d.deptype in ('i', 'e') and (d.refclassid, d.refobjid) <> (d.classid, d.objid) and home.depth < 8
),
settled as (
    select distinct on (home.class, home.id) home.class, home.id, home.at_class, home.at_id
    from home
    order by home.class, home.id, home.depth desc
),
edges as (
    select distinct one.at_class as class, one.at_id as id, other.at_class as to_class, other.at_id as to_id
    from pg_catalog.pg_depend d
    join settled one on one.class = d.classid and one.id = d.objid
    join settled other on other.class = d.refclassid and other.id = d.refobjid
    -- An object that depends only on the object that it is a part of is dropped with it, except partitions, which may
    -- contain rows, and sequences, which others may depend on.
    where (d.deptype = 'n' or d.deptype = 'a' and d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
            and (select c.relkind in ('r', 'p', 'f', 'S') from pg_catalog.pg_class c where c.oid = d.objid))
        and d.refclassid <> 'pg_catalog.pg_namespace'::pg_catalog.regclass
        and (one.at_class, one.at_id) <> (other.at_class, other.at_id)
        -- Inherited objects are dropped with the parent's.
        and not exists (
            select from pg_catalog.pg_depend p
            where p.classid = one.at_class and p.objid = one.at_id and p.deptype = 'P'
        )
        and not exists (
            select from pg_catalog.pg_constraint k
            where one.at_class = 'pg_catalog.pg_constraint'::pg_catalog.regclass and k.oid = one.at_id
                and k.coninhcount > 0
        )
),
things as (
    select edges.class, edges.id from edges
    union
    select edges.to_class, edges.to_id from edges
    union
    select 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, c.oid
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    union
    select 'pg_catalog.pg_namespace'::pg_catalog.regclass::pg_catalog.oid, n.oid from pg_catalog.pg_namespace n
)
select
    pg_catalog.format('%s/%s', things.class, things.id) as id,
    it.type,
    case
        when it.type = 'function' or it.type = 'procedure' or it.type = 'aggregate' then pg_catalog.format(
            '%s %s %s(%s)', pg_catalog.upper(it.type), plain.schema, p.proname,
            (select pg_catalog.string_agg(pg_catalog.format_type(a.type, null), ', ' order by a.at)
             from pg_catalog.unnest(p.proargtypes) with ordinality as a (type, at)))
        when t.typtype = 'd' then pg_catalog.format('DOMAIN %s %s', plain.schema, t.typname)
        when it.type = 'type' or it.type = 'composite type' then
            pg_catalog.format('TYPE %s %s', plain.schema, coalesce(t.typname, c.relname))
        when it.type = 'extension' then pg_catalog.format('EXTENSION - %s', e.extname)
        when k.contype = 'f' then pg_catalog.format('FK CONSTRAINT %s %s %s', n.nspname, c.relname, k.conname)
        when x.stxname is not null then pg_catalog.format('STATISTICS %s %s', plain.schema, x.stxname)
        when o.oid is not null then pg_catalog.format('OPERATOR %s %s', plain.schema, o.oprname)
        when oc.oid is not null then pg_catalog.format('OPERATOR CLASS %s %s', plain.schema, oc.opcname)
        when f.oid is not null then pg_catalog.format('OPERATOR FAMILY %s %s', plain.schema, f.opfname)
        when ct.oid is not null then pg_catalog.format(
            'CAST - CAST (%s AS %s)', pg_catalog.format_type(ct.castsource, null), pg_catalog.format_type(ct.casttarget, null))
        when part.relid is null and c.oid is not null then
            pg_catalog.format('%s %s %s', pg_catalog.upper(it.type), n.nspname, c.relname)
        when part.relid is null and plain.name is not null then
            pg_catalog.format('%s %s %s', pg_catalog.upper(it.type), coalesce(plain.schema, '-'), plain.name)
    end as tag,
    case when c.relkind in ('r', 'p') then pg_catalog.format('%I.%I', n.nspname, c.relname) end as lockable,
    case
        when part.relid is not null then pg_catalog.format('TABLE %s %s', n.nspname, c.relname)
        when kt.oid is not null then pg_catalog.format('DOMAIN %s %s', kn.nspname, kt.typname)
    end as relation,
    case
        when part.relid is not null then
            pg_catalog.format('%s/%s', 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, part.relid)
        when kt.oid is not null then
            pg_catalog.format('%s/%s', 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid, kt.oid)
    end as part_of,
    case
        when k.conrelid <> 0 then pg_catalog.format(
            'alter table if exists %I.%I drop constraint if exists %I', n.nspname, c.relname, k.conname)
        when k.contypid <> 0 then pg_catalog.format(
            'alter domain %s drop constraint if exists %I', pg_catalog.format_type(k.contypid, null), k.conname)
        when a.adnum is not null then pg_catalog.format(
            'alter table if exists %I.%I alter column %I drop default', n.nspname, c.relname,
            (select t.attname from pg_catalog.pg_attribute t where t.attrelid = a.adrelid and t.attnum = a.adnum))
        when it.type in ('composite type', 'statistics object') then pg_catalog.format(
            'drop %s if exists %s', pg_catalog.split_part(pg_catalog.replace(it.type, 'composite ', ''), ' ', 1), it.identity)
        when it.type ~ '^(publication|subscription|user|role|default acl|large|toast|transform)' then null
        else pg_catalog.format('drop %s if exists %s', it.type, it.identity)
    end as statement,
    coalesce(needed.ids, '{}') as needs
from things
cross join lateral pg_catalog.pg_identify_object(things.class, things.id, 0) as it
-- An archive does not quote names.
cross join lateral (
    select
        case when pg_catalog.starts_with(it.schema, '"') then (pg_catalog.parse_ident(it.schema))[1] else it.schema end as schema,
        case when pg_catalog.starts_with(it.name, '"') then (pg_catalog.parse_ident(it.name))[1] else it.name end as name
) as plain
left join (
    select
        edges.class,
        edges.id,
        pg_catalog.array_agg(
            pg_catalog.format('%s/%s', edges.to_class, edges.to_id) order by edges.to_class, edges.to_id) as ids
    from edges
    group by edges.class, edges.id
) as needed on needed.class = things.class and needed.id = things.id
left join pg_catalog.pg_proc p
    on things.class = 'pg_catalog.pg_proc'::pg_catalog.regclass and p.oid = things.id
left join pg_catalog.pg_type t
    on things.class = 'pg_catalog.pg_type'::pg_catalog.regclass and t.oid = things.id
left join pg_catalog.pg_extension e
    on things.class = 'pg_catalog.pg_extension'::pg_catalog.regclass and e.oid = things.id
left join pg_catalog.pg_constraint k
    on things.class = 'pg_catalog.pg_constraint'::pg_catalog.regclass and k.oid = things.id
left join pg_catalog.pg_type kt on kt.oid = k.contypid
left join pg_catalog.pg_namespace kn on kn.oid = kt.typnamespace
left join pg_catalog.pg_operator o
    on things.class = 'pg_catalog.pg_operator'::pg_catalog.regclass and o.oid = things.id
left join pg_catalog.pg_opclass oc
    on things.class = 'pg_catalog.pg_opclass'::pg_catalog.regclass and oc.oid = things.id
left join pg_catalog.pg_opfamily f
    on things.class = 'pg_catalog.pg_opfamily'::pg_catalog.regclass and f.oid = things.id
left join pg_catalog.pg_cast ct
    on things.class = 'pg_catalog.pg_cast'::pg_catalog.regclass and ct.oid = things.id
left join pg_catalog.pg_attrdef a
    on things.class = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and a.oid = things.id
left join pg_catalog.pg_statistic_ext x
    on things.class = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass and x.oid = things.id
left join pg_catalog.pg_trigger g
    on things.class = 'pg_catalog.pg_trigger'::pg_catalog.regclass and g.oid = things.id
left join pg_catalog.pg_policy y
    on things.class = 'pg_catalog.pg_policy'::pg_catalog.regclass and y.oid = things.id
left join pg_catalog.pg_rewrite r
    on things.class = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and r.oid = things.id
left join pg_catalog.pg_index i
    on things.class = 'pg_catalog.pg_class'::pg_catalog.regclass and i.indexrelid = things.id
cross join lateral (
    select coalesce(nullif(k.conrelid, 0), a.adrelid, g.tgrelid, y.polrelid, r.ev_class, i.indrelid) as relid
) as part
left join pg_catalog.pg_class c on c.oid = coalesce(
    part.relid, case when things.class = 'pg_catalog.pg_class'::pg_catalog.regclass then things.id end)
left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where it.type is not null
order by 1
