create type address as (street text);
create table t (id int primary key, a address);
insert into t select n, ('(street' || n || ')')::address from generate_series(1, 100) n;
