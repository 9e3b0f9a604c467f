-- What is unlogged is emptied by a crash: nobody wants that by accident.

create table t (id int primary key, a text);
insert into t select n, 'row ' || n from generate_series(1, 100) n;
