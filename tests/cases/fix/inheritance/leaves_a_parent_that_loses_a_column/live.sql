create table base (id int, old int);
create table heir () inherits (base);
insert into heir select n, n from generate_series(1, 100) n;
