create type p as (a int); create table t (a int);
