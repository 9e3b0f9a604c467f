create function score(a int, factor int) returns int language sql immutable as $$ select a * factor $$;
create table t (id int primary key, a int, s int generated always as (score(a, 3)) stored);
create index t_s_idx on t (s);
