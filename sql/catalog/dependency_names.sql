-- Purpose: the kinds and names of dependents and of what they need: $1 oid[] class, $2 oid[] oid, $3 int2[] column. $4
--          oid[]: the schemas that are watched; $5 bool: whether objects outside of schemas are. A row or array type,
--          the rule of a view, the index of a constraint and parts of a plain class are replaced by the object that
--          they belong to. Nothing that an extension owns.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a name. Least server version: 14.
with met as (
  select classid, objid, objsubid from unnest($1::oid[], $2::oid[], $3::int2[]) as m (classid, objid, objsubid)
), replaced as (
  -- Replacements: (class, oid, column) becomes (new class, new oid, new column).
  select m.classid, m.objid, m.objsubid, m.classid as class, m.objid as oid, m.objsubid as sub from met m
  where m.classid <> 'pg_type'::regclass
    and not (m.classid = 'pg_proc'::regclass
             and exists (select from pg_depend d
                         where d.classid = m.classid and d.objid = m.objid and d.deptype = 'i'))
  -- parts of the plain classes
  union all
  -- An array becomes its element, a multirange or a range's constructor the range, a row type its relation.
  select m.classid, m.objid, m.objsubid,
         case when c.relkind in ('r', 'p', 'v', 'm') then 'pg_class'::regclass else 'pg_type'::regclass end,
         case when c.relkind in ('r', 'p', 'v', 'm') then c.oid else t.oid end, 0
  from met m
  left join pg_depend i on m.classid = 'pg_proc'::regclass and i.classid = m.classid and i.objid = m.objid
                       and i.deptype = 'i' and i.refclassid = 'pg_type'::regclass
  join pg_type named on named.oid = case m.classid when 'pg_type'::regclass then m.objid else i.refobjid end
  left join pg_type element on element.oid = named.typelem and element.typarray = named.oid
  left join pg_range r on r.rngmultitypid = coalesce(element.oid, named.oid)
  join pg_type t on t.oid = coalesce(r.rngtypid, element.oid, named.oid)
  left join pg_class c on c.oid = t.typrelid
), named as (
  select s.classid, s.objid, s.objsubid, s.class, s.oid,
         case when s.sub > 0 then 'column' when c.relkind = 'v' then 'view' when c.relkind = 'm' then 'materialized view'
              else 'table' end as kind,
         c.relnamespace as namespace, c.relname as name, a.attname::text as member  -- a routine's arguments are no name
  from replaced s
  join pg_class c on s.class = 'pg_class'::regclass and c.oid = s.oid and c.relkind in ('r', 'p', 'v', 'm')
  left join pg_attribute a on a.attrelid = c.oid and a.attnum = s.sub and s.sub > 0
  union all
  select s.classid, s.objid, s.objsubid, case c.relkind when 'S' then s.class else 'pg_type'::regclass end,
         case c.relkind when 'S' then c.oid else c.reltype end, case c.relkind when 'S' then 'sequence' else 'type' end,
         c.relnamespace, c.relname, null
  from replaced s
  join pg_class c on s.class = 'pg_class'::regclass and c.oid = s.oid and c.relkind in ('S', 'c')
  union all
  select s.classid, s.objid, s.objsubid, 'pg_class'::regclass, i.indrelid,
         case when k.oid is null then 'index' else 'constraint' end, t.relnamespace, t.relname,
         coalesce(k.conname, c.relname)
  from replaced s
  join pg_class c on s.class = 'pg_class'::regclass and c.oid = s.oid and c.relkind in ('i', 'I')
  join pg_index i on i.indexrelid = c.oid
  join pg_class t on t.oid = i.indrelid
  left join pg_constraint k on k.conindid = c.oid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
  union all
  select s.classid, s.objid, s.objsubid, 'pg_class'::regclass, c.oid,
         case when w.rulename <> '_RETURN' then 'rule'
              when c.relkind = 'm' then 'materialized view' else 'view' end,
         c.relnamespace, c.relname, w.rulename
  from replaced s
  join pg_rewrite w on s.class = 'pg_rewrite'::regclass and w.oid = s.oid
  join pg_class c on c.oid = w.ev_class
  union all
  -- Dependencies of a foreign key follow from its definition.
  select s.classid, s.objid, s.objsubid, 'pg_class'::regclass, c.oid, 'constraint', c.relnamespace, c.relname, k.conname
  from replaced s
  join pg_constraint k on s.class = 'pg_constraint'::regclass and k.oid = s.oid and k.contype in ('p', 'u', 'c', 'x')
  join pg_class c on c.oid = k.conrelid
  union all
  select s.classid, s.objid, s.objsubid, 'pg_type'::regclass, t.oid, 'domain', t.typnamespace, t.typname, null
  from replaced s
  join pg_constraint k on s.class = 'pg_constraint'::regclass and k.oid = s.oid
  join pg_type t on t.oid = k.contypid
  union all
  select s.classid, s.objid, s.objsubid, 'pg_class'::regclass, c.oid, 'trigger', c.relnamespace, c.relname, t.tgname
  from replaced s
  join pg_trigger t on s.class = 'pg_trigger'::regclass and t.oid = s.oid
                   and (not t.tgisinternal or t.tgparentid <> 0)
  join pg_class c on c.oid = t.tgrelid
  union all
  select s.classid, s.objid, s.objsubid, s.class, s.oid, case t.typtype when 'd' then 'domain' else 'type' end,
         t.typnamespace, t.typname, null
  from replaced s
  join pg_type t on s.class = 'pg_type'::regclass and t.oid = s.oid and t.typtype in ('d', 'e', 'c', 'r')
  union all
  select s.classid, s.objid, s.objsubid, s.class, s.oid, 'routine', p.pronamespace, p.proname,
         oidvectortypes(p.proargtypes)
  from replaced s
  join pg_proc p on s.class = 'pg_proc'::regclass and p.oid = s.oid
  union all
  select s.classid, s.objid, s.objsubid, null, null, 'extension', null, x.extname, null
  from replaced s
  join pg_extension x on s.class = 'pg_extension'::regclass and x.oid = s.oid
  union all
  select s.classid, s.objid, s.objsubid, null, null, 'schema', null, n.nspname, null
  from replaced s
  join pg_namespace n on s.class = 'pg_namespace'::regclass and n.oid = s.oid
  -- the plain classes
)
select n.classid as class, n.objid as oid, n.objsubid as number, n.kind, s.nspname as schema, n.name, n.member,
       case when n.namespace is null then $5 else n.namespace = any ($4) end as watched
from named n
left join pg_namespace s on s.oid = n.namespace
where not exists (select from pg_depend e where e.classid = n.class and e.objid = n.oid and e.deptype = 'e')
