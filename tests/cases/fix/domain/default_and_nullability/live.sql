create domain d as int default 1;
create domain e as text default 'x' not null;
create table t (id int primary key, d d, e e);
insert into t (id) select n from generate_series(1, 300) n;
