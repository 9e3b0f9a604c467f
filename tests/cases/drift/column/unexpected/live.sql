create table t (id int, b text, c int not null);
