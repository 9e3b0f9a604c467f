create table t (id int primary key, a text, constraint a_is_there check (a is not null));
insert into t select n, 'row ' || n from generate_series(1, 300) n;
