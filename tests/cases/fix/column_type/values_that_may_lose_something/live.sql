create table t (id int primary key, a text, g numeric);
insert into t values (1, '12.345', 0.4), (2, '1.00', 1);
