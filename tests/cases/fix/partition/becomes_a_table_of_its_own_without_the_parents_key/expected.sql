create table area (id int primary key);
create table t (id int references area, at date not null) partition by range (at);
create table t_1 (id int, at date not null);
create index t_id on t (id);
create index t_1_id_idx on t_1 (id);
