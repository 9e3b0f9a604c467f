create table t (id int, at date, primary key (id, at)) partition by range (at);
create table t_old partition of t for values from ('2025-01-01') to ('2026-01-01');
create table t_new partition of t for values from ('2026-01-01') to ('2027-01-01');
