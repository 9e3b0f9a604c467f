create table t (id int, at date) partition by range (at);
create table t_old partition of t for values from ('2025-01-01') to ('2027-01-01');
