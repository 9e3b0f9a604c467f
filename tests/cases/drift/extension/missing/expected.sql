create extension pg_trgm; create table t (a text); create index i on t using gin (a gin_trgm_ops);
