create table t (id int primary key, a text, b int default 1 not null);
create index on t (a);
insert into t select n, 'row ' || n from generate_series(1, 300) n;
