-- Nobody knows the values of a key that nothing makes.

create table t (a text);
insert into t select 'row ' || n from generate_series(1, 30) n;
