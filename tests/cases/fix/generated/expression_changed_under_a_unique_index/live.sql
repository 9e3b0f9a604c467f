create table t (id int primary key, a text, b text generated always as (a) stored);
create unique index t_b on t (b);
insert into t (id, a) values (1, 'x'), (2, 'X');
