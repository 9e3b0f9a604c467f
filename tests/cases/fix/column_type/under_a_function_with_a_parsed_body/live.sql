create table t (id int primary key, a int);
create function total() returns bigint language sql begin atomic select sum(a)::bigint from t; end;
insert into t select n, n from generate_series(1, 300) n;
