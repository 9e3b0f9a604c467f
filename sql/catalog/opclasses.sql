-- Purpose: the operator classes, to distinguish the default of a type from the others.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: about 200 rows. Least server version: 14.
select o.oid, n.nspname as schema, o.opcname as name, o.opcmethod as method, o.opcintype as input_type,
       o.opcdefault as is_default
from pg_opclass o
join pg_namespace n on n.oid = o.opcnamespace
