-- Purpose: comments on what is compared in the schemas $1 oid[]; $2 bool: also on objects outside of schemas. Comments
--          on an extension's objects, and the default comment on the schema public, are left out.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row a comment. Least server version: 14.
with met as (
  -- kind, schema, name, member, text, and what would belong to an extension
  select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end
           as kind, c.relnamespace as namespace, c.relname as name, null::text as member, d.description as text,
         'pg_class'::regclass::oid as class, c.oid as oid
  from pg_description d
  join pg_class c on d.classoid = 'pg_class'::regclass and c.oid = d.objoid and d.objsubid = 0
                 and c.relkind in ('r', 'p', 'v', 'm', 'S')
  union all
  select 'column', c.relnamespace, c.relname, a.attname, d.description,
         case c.relkind when 'c' then 'pg_type'::regclass else 'pg_class'::regclass end,
         case c.relkind when 'c' then c.reltype else c.oid end
  from pg_description d
  join pg_class c on d.classoid = 'pg_class'::regclass and c.oid = d.objoid and c.relkind in ('r', 'p', 'v', 'm', 'c')
  join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0 and not a.attisdropped
  union all
  select 'index', t.relnamespace, t.relname, c.relname, d.description, 'pg_class'::regclass, t.oid
  from pg_description d
  join pg_class c on d.classoid = 'pg_class'::regclass and c.oid = d.objoid
  join pg_index i on i.indexrelid = c.oid
  join pg_class t on t.oid = i.indrelid
  union all
  select case t.typtype when 'd' then 'domain' else 'type' end, t.typnamespace, t.typname, null, d.description, d.classoid,
         t.oid
  from pg_description d
  join pg_type t on d.classoid = 'pg_type'::regclass and t.oid = d.objoid and t.typtype in ('d', 'e', 'c', 'r')
  union all
  select 'routine', p.pronamespace, p.proname, oidvectortypes(p.proargtypes), d.description, d.classoid, p.oid
  from pg_description d
  join pg_proc p on d.classoid = 'pg_proc'::regclass and p.oid = d.objoid
  union all
  select 'constraint', coalesce(c.relnamespace, t.typnamespace), coalesce(c.relname, t.typname), k.conname, d.description,
         case when c.oid is null then 'pg_type'::regclass else 'pg_class'::regclass end, coalesce(c.oid, t.oid)
  from pg_description d
  join pg_constraint k on d.classoid = 'pg_constraint'::regclass and k.oid = d.objoid
  left join pg_class c on c.oid = k.conrelid
  left join pg_type t on t.oid = k.contypid
  union all
  select 'trigger', c.relnamespace, c.relname, t.tgname, d.description, 'pg_class'::regclass, c.oid
  from pg_description d
  join pg_trigger t on d.classoid = 'pg_trigger'::regclass and t.oid = d.objoid
  join pg_class c on c.oid = t.tgrelid
  union all
  select 'rule', c.relnamespace, c.relname, w.rulename, d.description, 'pg_class'::regclass, c.oid
  from pg_description d
  join pg_rewrite w on d.classoid = 'pg_rewrite'::regclass and w.oid = d.objoid and w.rulename <> '_RETURN'
  join pg_class c on c.oid = w.ev_class
  union all
  select 'schema', n.oid, n.nspname, null, d.description, d.classoid, n.oid
  from pg_description d
  join pg_namespace n on d.classoid = 'pg_namespace'::regclass and n.oid = d.objoid
  where n.nspname <> 'public' or d.description <> 'standard public schema'
  -- the plain classes
)
select m.kind, case when m.kind <> 'schema' then s.nspname::text end as schema, m.name::text, m.member::text, m.text
from met m
left join pg_namespace s on s.oid = m.namespace
where case when m.namespace is null then $2 else m.namespace = any ($1) end
  and not exists (select from pg_depend e where e.classid = m.class and e.objid = m.oid and e.deptype = 'e')
