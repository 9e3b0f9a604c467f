create table t (id int primary key, a text, b int);
create index t_idx on t (b);
insert into t select n, 'row ' || n, n from generate_series(1, 300) n;
update pg_index set indisvalid = false where indexrelid = 't_idx'::regclass;
