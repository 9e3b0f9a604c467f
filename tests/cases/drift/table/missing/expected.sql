create table t (id int primary key, b text); create index on t (b);
