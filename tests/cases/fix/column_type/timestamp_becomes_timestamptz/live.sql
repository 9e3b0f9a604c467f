create table t (id int primary key, at timestamp not null default now());
insert into t select n, timestamp '2026-01-01' + n * interval '1 hour' from generate_series(1, 300) n;
