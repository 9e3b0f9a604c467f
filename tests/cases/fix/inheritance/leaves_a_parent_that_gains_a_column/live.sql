create table base (id int);
create table heir () inherits (base);
insert into heir select n from generate_series(1, 100) n;
