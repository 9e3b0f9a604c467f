create table t (id serial primary key, a text);
alter table t alter id drop default;
insert into t select n, 'row ' || n from generate_series(1, 300) n;
