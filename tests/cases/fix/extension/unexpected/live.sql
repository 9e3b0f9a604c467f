create extension hstore;
create table t (id int primary key);
