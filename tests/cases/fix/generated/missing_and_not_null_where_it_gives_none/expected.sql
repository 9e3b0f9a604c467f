create table t (id int primary key, a int, b int not null generated always as (a * 2) stored);
