create table t (id int primary key, code int not null);
