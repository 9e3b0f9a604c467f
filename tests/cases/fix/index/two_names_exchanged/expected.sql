create table t (id int primary key, a text, b int);
create index one on t (b);
create index two on t (a);
