create table t (id int primary key, a int constraint t_a_not_null not null no inherit, b int constraint t_b_not_null not null no inherit);
