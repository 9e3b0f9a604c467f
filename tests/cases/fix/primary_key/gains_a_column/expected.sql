create table t (a int, b int, c text, primary key (a, b));
