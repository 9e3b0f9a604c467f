-- That a column was renamed cannot be seen: the new one is added, and the old one keeps its data.

create table t (id int primary key, old_name text);
insert into t select n, 'row ' || n from generate_series(1, 300) n;
