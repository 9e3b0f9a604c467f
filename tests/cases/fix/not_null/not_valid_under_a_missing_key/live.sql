create table t (id int, a text);
alter table t add constraint t_id_not_null not null id not valid;
insert into t select n, 'row ' || n from generate_series(1, 300) n;
