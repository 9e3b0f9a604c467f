-- PostgreSQL cannot alter the type of a column that rows are divided by.

create table t (id int, at timestamp) partition by range (at);
create table t_1 partition of t for values from ('2026-01-01') to ('2027-01-01');
insert into t select n, '2026-05-05' from generate_series(1, 50) n;
