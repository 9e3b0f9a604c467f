create table t (id int, kind text) partition by list (kind);
create table t_a partition of t for values in ('a') partition by range (id);
create table t_a_1 partition of t_a for values from (0) to (100);
create table t_a_2 partition of t_a for values from (100) to (200);
create table t_rest partition of t default;
create index t_a_1_id_idx on t_a_1 (id);
insert into t select n, case when n % 2 = 0 then 'a' else 'b' end from generate_series(1, 199) n;
