create schema a;
create schema b;
create table a.t (id int primary key);
create table b.t (id int primary key, t int references a.t);
create index t_id_idx on a.t (id);
create index t_id_idx on b.t (id desc);
