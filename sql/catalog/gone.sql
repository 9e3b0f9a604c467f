-- Purpose: relations of the schemas $1 oid[] that this snapshot still sees, and that have been dropped since: printing
--          them is an error. pg_table_is_visible uses the newest catalog, and is null for a relation that does not
--          exist.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one look-up a relation. Least server version: 14.
select c.oid from pg_class c where c.relnamespace = any ($1) and pg_table_is_visible(c.oid) is null
