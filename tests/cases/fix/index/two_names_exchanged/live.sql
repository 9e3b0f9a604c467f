create table t (id int primary key, a text, b int);
create index one on t (a);
create index two on t (b);
insert into t select n, 'row ' || n, n from generate_series(1, 300) n;
