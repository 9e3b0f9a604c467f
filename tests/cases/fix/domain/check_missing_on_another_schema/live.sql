create domain positive as int;
create schema other;
create table other.u (n positive);
insert into other.u values (-1);
