-- What no plan computes anew is told, with the command for it.
create function n(int) returns int language sql immutable as 'select $1';
create table t (id int, at int4range, constraint positive check (n(id) > 0),
                constraint apart exclude using gist (int4range(n(id), n(id), '[]') with &&));
create materialized view m as select n(id) as n from t;
create statistics s on (n(id)), at from t;
create domain d as int check (n(value) > 0);
create table p (id int) partition by list (n(id));
create table c (id int, g int generated always as (n(3)) stored);
create view v as select n(id) as n from t;
create materialized view mv as select n from v;
