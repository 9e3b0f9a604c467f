create table t (id int, kind int, unique (kind, id)) partition by list (kind);
create table t_1 partition of t for values in (1);
create table t_2 partition of t for values in (2);
