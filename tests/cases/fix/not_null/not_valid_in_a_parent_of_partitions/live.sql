create table t (id int not null, a text) partition by range (id);
create table t_low partition of t for values from (0) to (200);
create table t_high partition of t for values from (200) to (1000);
insert into t select n, 'row ' || n from generate_series(1, 300) n;
alter table t add constraint t_a_not_null not null a not valid;
