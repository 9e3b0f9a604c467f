create table t (id int primary key, a text);
insert into t select n, 'row ' || n from generate_series(1, 300) n;
insert into t values (301, 'row 17'), (302, 'row 17');
