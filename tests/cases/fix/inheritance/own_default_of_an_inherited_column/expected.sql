create table base (n int, b int default 1, c int default 1);
create table heir () inherits (base);
alter table heir alter n set default 7, alter n set not null, alter b drop default, alter c set default 2;
