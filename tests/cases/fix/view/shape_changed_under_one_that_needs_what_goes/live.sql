-- The undeclared view reads a column that the declared one loses: it cannot come back.

create table t (id int primary key, a text, b int);
create view v as select id, a, b from t;
create view report as select a from v;
