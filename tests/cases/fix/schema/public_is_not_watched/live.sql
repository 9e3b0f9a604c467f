create schema app;
create table app.t (id int primary key);
insert into app.t values (1);
