-- Purpose: which cluster this is: the same for all of its databases, and on a standby as on its primary.
-- Locks:   none. Cost: one row. Least server version: 14.
select system_identifier from pg_control_system()
