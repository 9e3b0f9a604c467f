create schema app;
create type app.mood as enum ('calm');
create table app.t (id int primary key, m app.mood);
create table t (id int primary key, t int references app.t);
