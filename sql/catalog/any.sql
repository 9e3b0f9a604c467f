-- Purpose: whether the database has any comment, and any default, of its own: the statements that read these take longer
--          to plan than most schemas take to read. Objects below 16384 are the server's own; the comment that every
--          schema public has from the start is none.
-- Locks:   none beyond ACCESS SHARE on the catalogs. Cost: one scan of each. Least server version: 14.
select exists (select from pg_description d
               where d.objoid >= 16384
                  or d.classoid = 'pg_namespace'::regclass and d.objoid = to_regnamespace('public')
                     and d.description <> 'standard public schema') as comments,
       exists (select from pg_attrdef a where a.oid >= 16384)
         or exists (select from pg_type t where t.oid >= 16384 and t.typdefaultbin is not null) as defaults
