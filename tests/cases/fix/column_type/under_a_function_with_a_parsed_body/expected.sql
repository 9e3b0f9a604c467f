create table t (id int primary key, a bigint);
create function total() returns bigint language sql begin atomic select sum(a)::bigint from t; end;
