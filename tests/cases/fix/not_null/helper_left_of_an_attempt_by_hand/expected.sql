create table t (id int primary key, a text not null, constraint t_a_not_null check (a is not null));
