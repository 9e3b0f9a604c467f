create table t (id int constraint t_id_not_null not null no inherit, a int constraint t_a_not_null not null no inherit);
create table heir () inherits (t);
insert into t select n, n from generate_series(1, 300) n;
insert into heir select n, n from generate_series(301, 400) n;
