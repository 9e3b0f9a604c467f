create schema a;
create schema b;
create table a.t (id int);
create table b.t (id int);
create index t_id_idx on b.t (id);
insert into a.t select n from generate_series(1, 100) n;
insert into b.t select n from generate_series(1, 100) n;
