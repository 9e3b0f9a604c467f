create table t (id int primary key, a text, n numeric(10, 2), i inet);
alter table t alter a set storage external, alter n set storage external, alter i set storage extended;
insert into t select n, 'row ' || n, n, '127.0.0.1' from generate_series(1, 300) n;
