create table t (a int); create sequence s as bigint;
