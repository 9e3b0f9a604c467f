create table t (id int primary key, a text);
insert into t select n, n::text from generate_series(1, 300) n;
insert into t values (301, 'three hundred and one');
