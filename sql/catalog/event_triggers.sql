-- Purpose: event triggers, each with the statement that creates it.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one row an event trigger. Least server version: 14.
select e.evtname as name, e.evtenabled as enabled,
       -- definition
       format('CREATE EVENT TRIGGER %I ON %s', e.evtname, e.evtevent)
       || coalesce(' WHEN TAG IN (' || (select string_agg(quote_literal(tag), ', ') from unnest(e.evttags) tag) || ')', '')
       || (select format(' EXECUTE FUNCTION %I.%I()', s.nspname, f.proname)
           from pg_proc f join pg_namespace s on s.oid = f.pronamespace
           where f.oid = e.evtfoid)
       -- end of definition
       as definition
from pg_event_trigger e
where not exists (select from pg_depend d
                  where d.classid = 'pg_event_trigger'::regclass and d.objid = e.oid and d.deptype = 'e')
