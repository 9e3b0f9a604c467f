create table t (id int primary key);
create table kept (id int primary key, t int references t);
create view kept_too as select id from kept;
insert into t select n from generate_series(1, 10) n;
insert into kept select n, n from generate_series(1, 10) n;
