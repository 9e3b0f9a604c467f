-- Purpose: pairs of types with a cast, other than the casts through text that every type has: for converting values
--          back.
-- Locks:   none. Cost: one row a cast, some 230 of the server's own. Least server version: 14.
select
    pg_catalog.format_type(c.castsource, null) as source,
    pg_catalog.format_type(c.casttarget, null) as target
from pg_catalog.pg_cast c
