create table t (id int primary key, a text);
insert into t select n, case when n % 10 > 0 then 'row ' || n end from generate_series(1, 300) n;
