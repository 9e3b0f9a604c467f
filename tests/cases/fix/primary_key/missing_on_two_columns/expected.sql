create table t (a int, b text, c int, primary key (b, a));
