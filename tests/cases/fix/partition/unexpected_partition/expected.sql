create table t (id int, kind int) partition by list (kind);
create table t_1 partition of t for values in (1);
