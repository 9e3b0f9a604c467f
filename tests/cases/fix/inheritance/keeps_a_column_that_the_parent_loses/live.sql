create table base (a int, e int);
create table heir () inherits (base);
insert into heir select n, n from generate_series(1, 100) n;
