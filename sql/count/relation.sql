-- Purpose: one relation of a reference: its kind, and its columns in the requested order. $1 schema, $2 relation, $3
-- columns. No row: the relation does not exist.
-- Locks: none (raw catalog rows). Cost: under a millisecond. Least server version: 14.
with relation as (
    select c.oid, c.relkind
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = $2
), columns as (
    select
        wanted.ordinality as position,
        wanted.name,
        a.attnum is null as missing,
        -- From 18 on attnotnull is also set for a constraint that has not been validated.
        coalesce(a.attnotnull and not exists (
            select from pg_catalog.pg_constraint k
            where k.conrelid = a.attrelid and k.contype = 'n' and a.attnum = any (k.conkey) and not k.convalidated
        ), false) as not_null,
        -- -1, because the bare spelling of bpchar and bit means a length of 1.
        coalesce(pg_catalog.format_type(base.oid, -1), '') as type,
        -- A bound of a range is sent as text; an array of arrays has no greatest element, and a row no simple text.
        coalesce(base.typcategory not in ('A', 'C', 'P'), false) as has_bounds,
        exists (
            select from pg_catalog.pg_proc p
            join pg_catalog.pg_namespace n on n.oid = p.pronamespace
            where p.proname = 'max' and n.nspname = 'pg_catalog' and p.proargtypes[0] = base.oid
        ) as has_max,
        coalesce((
            select n.nspname
            from pg_catalog.pg_opclass class
            join pg_catalog.pg_am method on method.oid = class.opcmethod and method.amname = 'btree'
            join pg_catalog.pg_amop entry on entry.amopfamily = class.opcfamily and entry.amopstrategy = 3
                and entry.amoplefttype = class.opcintype and entry.amoprighttype = class.opcintype
            join pg_catalog.pg_operator operator on operator.oid = entry.amopopr
            join pg_catalog.pg_namespace n on n.oid = operator.oprnamespace
            where class.opcintype = base.oid and class.opcdefault
            limit 1
        ), 'pg_catalog') as operators,
        -- Only a superuser creates operators, casts or output functions there.
        coalesce(base.is_known, false) as is_known,
        -- The operator that compares values of the type, or of the elements of an array.
        coalesce((
            select pg_catalog.format('%I.%s', n.nspname, operator.oprname)
            from pg_catalog.pg_opclass class
            join pg_catalog.pg_am method on method.oid = class.opcmethod and method.amname in ('btree', 'hash')
            join pg_catalog.pg_amop entry on entry.amopfamily = class.opcfamily
            join pg_catalog.pg_operator operator on operator.oid = entry.amopopr
            join pg_catalog.pg_namespace n on n.oid = operator.oprnamespace
            where class.opcintype in (base.oid, base.typelem) and class.opcdefault and n.nspname <> 'pg_catalog' and not exists (
                select from pg_catalog.pg_depend d
                where d.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass and d.objid = operator.oid and d.deptype = 'e'
            )
            limit 1
        ), '') as stranger
    from pg_catalog.unnest($3::text[]) with ordinality as wanted (name, ordinality)
    left join pg_catalog.pg_attribute a
        on a.attrelid = (select oid from relation) and a.attname = wanted.name and a.attnum > 0 and not a.attisdropped
    left join lateral (
        with recursive under (oid) as (
            select a.atttypid
            union all
            select t.typbasetype from under join pg_catalog.pg_type t on t.oid = under.oid where t.typtype = 'd'
        )
        select
            t.oid, t.typcategory, t.typelem,
            t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace or exists (
                select from pg_catalog.pg_depend d
                where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e'
            ) as is_known
        from under join pg_catalog.pg_type t on t.oid = under.oid
        where t.typtype <> 'd'
    ) base on true
)
select
    relation.oid,
    relation.relkind::text as kind,
    pg_catalog.row_security_active(relation.oid) as row_security,
    c.name::text as column_name,
    c.missing,
    c.not_null,
    c.type,
    c.has_bounds,
    c.has_max,
    c.operators::text as operators,
    c.is_known,
    c.stranger
from relation, columns c
order by c.position
