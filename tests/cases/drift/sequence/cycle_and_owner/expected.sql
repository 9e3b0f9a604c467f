create table t (a int); create sequence s as int cycle owned by t.a;
