create table t (a int); create function f() returns bigint language sql begin atomic select count(*) + 1 from t; end;
