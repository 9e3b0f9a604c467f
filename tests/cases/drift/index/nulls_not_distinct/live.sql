create table t (a int);
create unique index on t (a);
