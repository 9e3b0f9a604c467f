create table t (a int default 2, b text, c int default 5);
