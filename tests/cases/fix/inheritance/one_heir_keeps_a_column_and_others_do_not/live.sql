create table base (a int, e int);
create table keeps () inherits (base);
create table loses () inherits (base);
create table grandchild () inherits (loses);
insert into keeps select n, n from generate_series(1, 100) n;
insert into grandchild select n, n from generate_series(1, 100) n;
