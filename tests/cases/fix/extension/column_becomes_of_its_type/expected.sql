create extension citext;
create table t (id int primary key, a citext not null unique);
