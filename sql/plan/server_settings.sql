-- Purpose: settings in the server's files, the last value of each. Only for roles that may execute
--          pg_show_all_file_settings.
-- Locks:   none. Cost: the server reads its configuration files. Least server version: 14.
select distinct on (pg_catalog.lower(f.name)) pg_catalog.lower(f.name) as setting, f.setting as value
from pg_catalog.pg_file_settings f
where f.name is not null and f.setting is not null and f.error is null
order by 1, f.seqno desc
