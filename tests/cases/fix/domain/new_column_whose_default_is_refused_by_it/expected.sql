create domain odd as int check (value % 2 = 1);
create table t (id int primary key, o odd default 4);
