-- The default partition holds rows of the missing one: PostgreSQL refuses to make it.

create table t (id int, at date) partition by range (at);
create table t_old partition of t for values from ('2025-01-01') to ('2026-01-01');
create table t_rest partition of t default;
insert into t select n, date '2025-06-01' + n from generate_series(1, 300) n;
