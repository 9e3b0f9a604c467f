create table base (a int);
create table keeps (e int) inherits (base);
create table loses () inherits (base);
create table grandchild () inherits (loses);
