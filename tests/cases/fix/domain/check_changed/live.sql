create domain grade as int check (value between 1 and 5);
create table t (id int primary key, a grade);
insert into t select n, 1 + n % 5 from generate_series(1, 300) n;
