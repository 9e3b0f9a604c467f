create schema other;
create table other.t (id int);
create schema app;
create table app.t (id int);
