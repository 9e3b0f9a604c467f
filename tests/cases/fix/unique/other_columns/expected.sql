create table t (id int primary key, a text, b int, constraint key unique (b, a) include (id));
