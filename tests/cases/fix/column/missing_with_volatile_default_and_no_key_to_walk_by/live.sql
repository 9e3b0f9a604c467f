create table t (a text);
insert into t select 'row ' || n % 3 from generate_series(1, 300) n;
