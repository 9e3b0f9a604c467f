create table t (id int primary key, a text);
create index t_a_idx on t (a);
create index t_a_idx_ccnew on t (a);
insert into t select n, 'row ' || n from generate_series(1, 300) n;
update pg_index set indisvalid = false where indexrelid = 't_a_idx_ccnew'::regclass;
