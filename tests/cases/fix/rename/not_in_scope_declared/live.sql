-- Other names are no drift here: only the column is.

create table t (id int, a int, constraint other_name primary key (id), constraint other_check check (a > 0));
create index other_index on t (a);
insert into t select n, n from generate_series(1, 100) n;
