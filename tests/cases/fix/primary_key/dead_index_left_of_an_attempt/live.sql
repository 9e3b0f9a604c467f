create table t (id int not null, a text);
insert into t select n, 'row ' || n from generate_series(1, 100) n;
create unique index t_pkey on t (id);
update pg_index set indisvalid = false where indexrelid = 't_pkey'::regclass;
