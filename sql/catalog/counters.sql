-- Purpose: how many rows of the schema's catalogs have ever been written, from the cumulative statistics: the cheapest
--          sign that nothing has changed. Delayed by up to a minute, constant on a standby (then null), and reset after
--          a crash (therefore with the start time).
-- Locks:   none. Cost: about 0.2 ms at any size. Least server version: 14.
select case when not pg_is_in_recovery() and current_setting('track_counts')::bool then
  (extract(epoch from pg_postmaster_start_time()) * 1000000)::int8::text || '/'
  || (select string_agg((pg_stat_get_tuples_inserted(c) + pg_stat_get_tuples_updated(c)
                         + pg_stat_get_tuples_deleted(c))::text, ' ')
      from unnest(array['pg_namespace', 'pg_extension', 'pg_class', 'pg_attribute', 'pg_attrdef', 'pg_constraint',
                        'pg_index', 'pg_inherits', 'pg_trigger', 'pg_rewrite', 'pg_sequence', 'pg_type', 'pg_enum',
                        'pg_proc', 'pg_depend', 'pg_aggregate', 'pg_collation',
                        'pg_operator', 'pg_opclass', 'pg_range', 'pg_description'
                        -- the plain classes
                        -- parts of the plain classes
                        ]::regclass[]) c)
  -- Work on an index may end, or fail, without writing a row.
  || coalesce('/' || (select string_agg(pid::text, ' ' order by pid) from pg_stat_progress_create_index
                      where datname = current_database()), '')
end
