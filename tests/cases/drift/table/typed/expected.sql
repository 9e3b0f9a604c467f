create type p as (a int); create table t of p;
