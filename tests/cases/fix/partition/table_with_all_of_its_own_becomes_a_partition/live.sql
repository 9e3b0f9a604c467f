create table area (id int primary key);
create table t (id int constraint t_area references area, at date not null, constraint t_id check (id > 0), primary key (id, at)) partition by range (at);
create table t_1 (id int constraint t_area references area, at date not null, constraint t_id check (id > 0), primary key (id, at));
create index t_at on t (at);
create index t_1_at on t_1 (at);
insert into area select generate_series(1, 8);
insert into t_1 select n, date '2025-02-01' + n from generate_series(1, 8) n;
