create table base (a int);
create table heir (e int) inherits (base);
