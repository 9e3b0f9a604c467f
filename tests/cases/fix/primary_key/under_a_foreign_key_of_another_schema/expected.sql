create table t (id int not null, code int primary key);
