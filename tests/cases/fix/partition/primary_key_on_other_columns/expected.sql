create table t (id int not null, at date, kind int, primary key (at, kind, id)) partition by range (at);
create table t_old partition of t for values from ('2025-01-01') to ('2026-01-01');
create table t_new partition of t for values from ('2026-01-01') to ('2027-01-01');
