create function score(a int) returns int language sql immutable as $$ select a * 2 $$;
create table t (id int primary key, a int, s int generated always as (score(a)) stored);
create index t_s_idx on t (s);
insert into t (id, a) select n, n from generate_series(1, 100) n;
