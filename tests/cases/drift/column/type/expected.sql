create table t (id bigint, n numeric(10,2));
