create domain grade as int check (value between 1 and 6);
create table t (id int primary key, a grade);
