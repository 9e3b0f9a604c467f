create table t (id int primary key, a text default '0');
insert into t select n, n::text from generate_series(1, 300) n;
