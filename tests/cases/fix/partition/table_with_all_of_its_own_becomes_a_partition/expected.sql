create table area (id int primary key);
create table t (id int constraint t_area references area, at date not null, constraint t_id check (id > 0), primary key (id, at)) partition by range (at);
create table t_1 partition of t for values from ('2025-01-01') to ('2026-01-01');
create index t_at on t (at);
