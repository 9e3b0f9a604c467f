create table t (id int primary key, a bit(3), b text, c int);
insert into t values (1, '101', '110', 5), (2, '000', null, null);
