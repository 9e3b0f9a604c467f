create domain code as varchar(10);
create table t (id int primary key, a code);
