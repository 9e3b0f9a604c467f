create table t (id int primary key, a text, n numeric(10, 2), i inet);
