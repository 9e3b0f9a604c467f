create table t (id int, b text);
