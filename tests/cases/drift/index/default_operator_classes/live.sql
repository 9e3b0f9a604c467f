create table t (a varchar(5), b int[]);
create index on t (a text_ops); create index on t using gin (b array_ops);
