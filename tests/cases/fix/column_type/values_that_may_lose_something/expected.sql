create table t (id int primary key, a numeric(5,2), g int);
