create table t (id int not null, tenant int not null, a text, b int, constraint t_pkey primary key (id));
create view v as select id, a, max(b) as b from t group by id;
create materialized view mv as select id, a, sum(b) as b from t group by id;
create function f() returns bigint language sql begin atomic select count(*) from (select id, a from t group by id) x; end;
insert into t select g, 1, 'x', g from generate_series(1,10) g;
refresh materialized view mv;
create view on_v as select count(*) as n from v;
create table child (t int references t);
insert into child values (1);
