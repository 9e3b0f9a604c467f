create table t (id int primary key, a text, b bigint);
insert into t select n, 'row ' || n, n from generate_series(1, 300) n;
insert into t values (301, 'far too long a row', 3000000000);
