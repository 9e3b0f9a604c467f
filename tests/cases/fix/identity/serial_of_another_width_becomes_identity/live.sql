create table t (id serial primary key, a text);
insert into t (a) select 'row ' || n from generate_series(1, 300) n;
