create table t (id int primary key, kind varchar(9), constraint known check (kind in ('a', 'b')));
insert into t select n, case when n % 2 = 0 then 'a' else 'b' end from generate_series(1, 300) n;
