create table t (id int, a text default 'x');
create table u (b int) inherits (t);
