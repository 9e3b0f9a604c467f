create table t (id int primary key, a text);
insert into t select n, 'row ' || n % 299 from generate_series(1, 300) n;
\set ON_ERROR_STOP off
create unique index concurrently t_a_idx on t (a);
\set ON_ERROR_STOP on
update t set a = 'row 300' where id = 300;
