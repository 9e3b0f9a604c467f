create table t (id int primary key, a text, b text, c int);
insert into t select n, 'row ' || n, 'b', n from generate_series(1, 300) n;
