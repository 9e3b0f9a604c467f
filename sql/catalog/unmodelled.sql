-- Purpose: objects that have no model here yet, listed so that none is skipped silently. $1 oid[]: the schemas; $2
--          bool: also objects outside of schemas.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row an object. Least server version: 14.
with met (classid, oid) as (
  select 'pg_class'::regclass, c.oid from pg_class c
    where c.relnamespace = any ($1) and c.relkind = 'f' and c.relpersistence <> 't'
  union all select 'pg_type'::regclass, t.oid from pg_type t
    where t.typnamespace = any ($1)
      and t.typtype in ('b', 'p') and t.typelem = 0
  union all select 'pg_collation'::regclass, l.oid from pg_collation l where l.collnamespace = any ($1)
  union all select 'pg_conversion'::regclass, v.oid from pg_conversion v where v.connamespace = any ($1)
  union all select 'pg_operator'::regclass, o.oid from pg_operator o where o.oprnamespace = any ($1)
  union all select 'pg_opclass'::regclass, o.oid from pg_opclass o where o.opcnamespace = any ($1)
  union all select 'pg_opfamily'::regclass, f.oid from pg_opfamily f where f.opfnamespace = any ($1)
  union all select 'pg_ts_config'::regclass, t.oid from pg_ts_config t where t.cfgnamespace = any ($1)
  union all select 'pg_ts_dict'::regclass, t.oid from pg_ts_dict t where t.dictnamespace = any ($1)
  union all select 'pg_ts_parser'::regclass, t.oid from pg_ts_parser t where t.prsnamespace = any ($1)
  union all select 'pg_ts_template'::regclass, t.oid from pg_ts_template t where t.tmplnamespace = any ($1)
  union all select 'pg_default_acl'::regclass, d.oid from pg_default_acl d
    where case when d.defaclnamespace = 0 then $2 else d.defaclnamespace = any ($1) end
  union all select 'pg_foreign_data_wrapper'::regclass, f.oid from pg_foreign_data_wrapper f where $2
  union all select 'pg_foreign_server'::regclass, s.oid from pg_foreign_server s where $2
  union all select 'pg_user_mapping'::regclass, m.umid from pg_user_mappings m where $2
  union all select 'pg_subscription'::regclass, s.oid from pg_subscription s
    where $2 and s.subdbid = (select d.oid from pg_database d where d.datname = current_database())
  union all select 'pg_cast'::regclass, k.oid from pg_cast k where $2 and k.oid >= 16384
  union all select 'pg_language'::regclass, l.oid from pg_language l where $2 and l.oid >= 16384
  union all select 'pg_transform'::regclass, t.oid from pg_transform t where $2 and t.oid >= 16384
  union all select 'pg_am'::regclass, m.oid from pg_am m where $2 and m.oid >= 16384
)
select i.type as kind, i.identity as object
from met
cross join lateral pg_identify_object(met.classid, met.oid, 0) i
where i.identity is not null
  and not exists (select from pg_depend d
                  where d.classid = met.classid and d.objid = met.oid and d.deptype in ('e', 'i'))
