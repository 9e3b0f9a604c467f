create table t (a int, b int); create index on t (a); create unique index on t (b);
