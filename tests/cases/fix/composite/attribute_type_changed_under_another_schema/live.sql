create type pair as (a int, b int);
create schema other;
create table other.u (p pair[]);
