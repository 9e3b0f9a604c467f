create table t (id int primary key, a text);
create index t_a_idx on t (a);
create unique index t_u on t (a, id);
create index t_a_idx_ccnew on t (a);
create unique index t_u_ccold1 on t (a, id);
insert into t select n, 'row ' || n from generate_series(1, 300) n;
update pg_index set indisvalid = false where indexrelid in ('t_a_idx_ccnew'::regclass, 't_u_ccold1'::regclass);
