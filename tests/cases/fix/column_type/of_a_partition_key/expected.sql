create table t (id int, at timestamptz) partition by range (at);
create table t_1 partition of t for values from ('2026-01-01') to ('2027-01-01');
