create table t (id int primary key, a text, b int, j jsonb, r int4range);
create index by_hash on t using hash (a);
create index by_gin on t using gin (j jsonb_path_ops) with (fastupdate = off);
create index by_gist on t using gist (r);
create index by_brin on t using brin (id) with (pages_per_range = 4);
create index by_spgist on t using spgist (a);
create index by_expression on t (lower(a) text_pattern_ops, (b * 2));
create index covering on t (b) include (a) with (fillfactor = 50);
