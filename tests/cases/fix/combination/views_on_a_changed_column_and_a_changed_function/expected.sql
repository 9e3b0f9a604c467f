create table t (id int primary key, a numeric);
create function half(a numeric) returns numeric language sql immutable as $$ select a / 2 $$;
create view v1 as select id, a, half(a) as h from t;
create view v2 as select h, count(*) from v1 group by h;
create view v3 as select v1.id from v1 join v2 on v1.h = v2.h;
