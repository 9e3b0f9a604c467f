create table t (a text); create index i on t (lower(a));
