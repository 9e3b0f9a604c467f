create type size as enum ('small', 'medium', 'large');
create table t (id int primary key, s size default 'small');
create index t_s_idx on t (s);
