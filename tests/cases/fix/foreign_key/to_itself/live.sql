create table t (id int primary key, parent int references t on delete cascade);
insert into t select n, nullif(n / 2, 0) from generate_series(1, 300) n;
