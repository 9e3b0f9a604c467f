-- 1 step in 1 transaction; no session is stopped for longer than about 300 ms; hazards: none

-- 1/1 replace view public.tree
SELECT $$exists (select from pg_class where oid = to_regclass('public.tree') and rtrim(pg_get_viewdef(oid), '; ') <> ' SELECT t.id,
    1 AS depth
   FROM public.t')$$ AS end_1 \gset
SELECT NOT ((:end_1)) AS todo \gset
\if :todo
SET lock_timeout = '300ms';
SET statement_timeout = '30s';
BEGIN;
\echo '1/1 replace view public.tree'
CREATE OR REPLACE VIEW public.tree (id, depth) AS  WITH RECURSIVE tree(id, depth) AS (
         SELECT t.id,
            0 AS "?column?"
           FROM public.t
          WHERE (t.parent IS NULL)
        UNION ALL
         SELECT t.id,
            (tree_1.depth + 1)
           FROM (public.t
             JOIN tree tree_1 ON ((t.parent = tree_1.id)))
        )
 SELECT tree.id,
    tree.depth
   FROM tree;
SELECT (:end_1) AS done \gset
\if :done
\else
DO $$BEGIN RAISE EXCEPTION USING MESSAGE = '1/1 replace view public.tree: done without an error, and yet it does not hold', HINT = 'Another session changes the same objects, or the plan is wrong: plan again.'; END$$;
\endif
COMMIT;
\set changed on
\endif
