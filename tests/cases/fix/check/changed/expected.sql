create table t (id int primary key, kind varchar(9), constraint known check (kind in ('a', 'b', 'c')));
