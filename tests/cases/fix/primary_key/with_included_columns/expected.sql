create table t (id int, a text, b int, primary key (id) include (b));
