-- Who grants nothing says nothing about privileges.
create table t (id int);
