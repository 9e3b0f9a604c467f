create table t (id int, a text);
insert into t select n, 'row ' || n from generate_series(1, 100) n;
insert into t values (7, 'again'), (7, 'and again'), (93, 'again');
