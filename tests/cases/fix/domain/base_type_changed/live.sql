create domain code as varchar(5);
create table t (id int primary key, a code);
insert into t select n, 'c' || n from generate_series(1, 300) n;
