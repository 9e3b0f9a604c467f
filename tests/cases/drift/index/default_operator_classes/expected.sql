create table t (a varchar(5), b int[]);
create index on t (a); create index on t using gin (b);
