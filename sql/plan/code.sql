-- Purpose: functions other than the server's own, by what causes the server to call them: triggers and event triggers,
--          expressions of a table, a view or a domain (also through operators and the domains of its columns), the
--          names of types that they cast, and their own names. trusted: owned by a superuser or by the fixing role $1.
--          on: pg_trigger.tgtype.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one scan of pg_depend, pg_attribute and pg_trigger. Least server
--          version: 14.
with recursive code as (
    select p.oid, n.nspname::text as schema, p.proname::text as name, r.rolname::text as owner,
        r.rolsuper or r.rolname = $1 as trusted,
        exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
            and e.objid = p.oid and e.deptype = 'e') as extension
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    join pg_catalog.pg_roles r on r.oid = p.proowner
    where p.oid >= 16384
), calls as (
    select d.classid as class, d.objid as oid, coalesce(o.oprcode::oid, d.refobjid) as code
    from pg_catalog.pg_depend d
    left join pg_catalog.pg_operator o
        on d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass and o.oid = d.refobjid
    where d.refclassid in ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_operator'::pg_catalog.regclass)
        and d.refobjid >= 16384 and d.objid >= 16384
), types as (
    -- Each type with all types that it contains.
    select t.oid as whole, t.oid as part from pg_catalog.pg_type t where t.oid >= 16384
    union
    select w.whole, p.part
    from types w
    join pg_catalog.pg_type t on t.oid = w.part
    cross join lateral (
        select t.typbasetype as part
        union all select t.typelem
        union all select a.atttypid from pg_catalog.pg_attribute a
            where t.typrelid <> 0 and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
        union all select g.rngsubtype from pg_catalog.pg_range g where g.rngtypid = t.oid
    ) p
    where p.part >= 16384
), checked as (
    -- A domain's checks are called wherever a value is cast to it.
    select t.whole, 'check ' || c.conname as what, k.code
    from types t
    join pg_catalog.pg_constraint c on c.contypid = t.part
    join calls k on k.class = 'pg_catalog.pg_constraint'::pg_catalog.regclass and k.oid = c.oid
), rules as (
    select w.ev_class as relation, w.oid, w.rulename, c.relkind
    from pg_catalog.pg_rewrite w join pg_catalog.pg_class c on c.oid = w.ev_class
    where w.oid >= 16384
), reads as (
    -- Each view with the views that it reads.
    select c.oid as whole, c.oid as part from pg_catalog.pg_class c where c.relkind in ('v', 'm') and c.oid >= 16384
    union
    select v.whole, d.refobjid
    from reads v
    join rules w on w.relation = v.part
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and d.objid = w.oid
        and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    join pg_catalog.pg_class c on c.oid = d.refobjid and c.relkind in ('v', 'm')
), found as (
    select 'trigger' as kind, t.tgrelid as relation, null::oid as type, t.tgname::text as what, t.tgtype as "on",
        t.tgfoid as code
    from pg_catalog.pg_trigger t where t.tgenabled in ('O', 'A')
    union all
    select 'trigger', t.tgrelid, null, t.tgname::text, t.tgtype, k.code
    from pg_catalog.pg_trigger t
    join calls k on k.class = 'pg_catalog.pg_trigger'::pg_catalog.regclass and k.oid = t.oid
    where t.tgenabled in ('O', 'A')
    union all
    select 'event trigger', null, null, e.evtname::text, null, e.evtfoid
    from pg_catalog.pg_event_trigger e where e.evtenabled in ('O', 'A')
    union all
    select 'table', d.adrelid, null, 'column ' || a.attname, null, k.code
    from pg_catalog.pg_attrdef d
    join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    join calls k on k.class = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and k.oid = d.oid
    union all
    select 'table', c.conrelid, null, 'constraint ' || c.conname, null, k.code
    from pg_catalog.pg_constraint c
    join calls k on k.class = 'pg_catalog.pg_constraint'::pg_catalog.regclass and k.oid = c.oid
    where c.conrelid <> 0
    union all
    select 'table', i.indrelid, null, 'index ' || x.relname, null, k.code
    from pg_catalog.pg_index i
    join pg_catalog.pg_class x on x.oid = i.indexrelid
    join calls k on k.class = 'pg_catalog.pg_class'::pg_catalog.regclass and k.oid = i.indexrelid
    union all
    select 'table', k.oid, null, 'partition key', null, k.code
    from calls k where k.class = 'pg_catalog.pg_class'::pg_catalog.regclass
    union all
    select 'table', x.stxrelid, null, 'statistics ' || x.stxname, null, k.code
    from pg_catalog.pg_statistic_ext x
    join calls k on k.class = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass and k.oid = x.oid
    union all
    select 'table', w.relation, null, 'rule ' || w.rulename, null, k.code
    from rules w
    join calls k on k.class = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and k.oid = w.oid
    where w.relkind in ('r', 'p')
    union all
    select 'table', a.attrelid, null, 'column ' || a.attname || ', ' || c.what, null, c.code
    from pg_catalog.pg_attribute a
    join checked c on c.whole = a.atttypid
    where a.attnum > 0 and not a.attisdropped
    union all
    -- A change of the column's type, or a question about its values, may call them.
    select 'table', a.attrelid, null, 'cast of column ' || a.attname, null, k.castfunc
    from pg_catalog.pg_attribute a
    join types t on t.whole = a.atttypid
    join pg_catalog.pg_cast k on t.part in (k.castsource, k.casttarget)
    where a.attnum > 0 and not a.attisdropped and k.castfunc >= 16384
    union all
    select 'named', v.whole, null, 'view', null, k.code
    from reads v
    join rules w on w.relation = v.part
    join calls k on k.class = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and k.oid = w.oid
    union all
    select 'named', null, c.whole, c.what, null, c.code from checked c
)
select f.kind, coalesce(cn.nspname, tn.nspname)::text as on_schema, coalesce(c.relname, t.typname)::text as on_name,
    f.what, f."on", p.schema, p.name, p.owner, p.trusted, p.extension
from found f
join code p on p.oid = f.code
left join pg_catalog.pg_class c on c.oid = f.relation
left join pg_catalog.pg_namespace cn on cn.oid = c.relnamespace
left join pg_catalog.pg_type t on t.oid = f.type
left join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
where f.relation is null or c.relkind in ('r', 'p', 'v', 'm', 'f')
union all
select 'named', p.schema, p.name, null, null, p.schema, p.name, p.owner, p.trusted, p.extension from code p
union all
select 'operator', n.nspname::text, o.oprname::text, null, null, p.schema, p.name, p.owner, p.trusted, p.extension
from pg_catalog.pg_operator o
join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
join code p on p.oid = o.oprcode
union all
-- An expression names the types of a cast, not the cast itself.
select 'named', n.nspname::text, t.typname::text, 'cast', null, p.schema, p.name, p.owner, p.trusted, p.extension
from pg_catalog.pg_cast k
join code p on p.oid = k.castfunc
join pg_catalog.pg_type t on t.oid in (k.castsource, k.casttarget) and t.oid >= 16384
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
order by 1, 2, 3, 4, 6, 7
