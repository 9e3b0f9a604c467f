create domain price as integer;
create table t (id int primary key, amount price);
