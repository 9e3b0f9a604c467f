-- Purpose: which types have a cast to which, apart from those through text that every type has: a value's way back.
-- Locks:   none. Cost: one row a cast, some 230 of the server's own. Least server version: 14.
select
    pg_catalog.format_type(c.castsource, null) as source,
    pg_catalog.format_type(c.casttarget, null) as target
from pg_catalog.pg_cast c
