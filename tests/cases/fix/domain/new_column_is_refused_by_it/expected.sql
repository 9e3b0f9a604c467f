create domain odd as int check (value % 2 = 1) not null;
create table t (id int primary key, o odd);
