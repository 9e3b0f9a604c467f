create type size as enum ('large', 'small', 'medium');
create table t (id int primary key, s size default 'small');
create index t_s_idx on t (s);
insert into t select n, 'medium' from generate_series(1, 300) n;
