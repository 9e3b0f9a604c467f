create table t (id int primary key, a text, b text generated always as (lower(a)) stored);
create unique index t_b on t (b);
