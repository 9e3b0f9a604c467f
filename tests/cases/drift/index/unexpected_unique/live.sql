create table t (a text, b int); create unique index u on t (a); create index i on t (b);
