create type kind as enum ('a', 'b');
create table old (id int primary key, k kind);
create table part (id int references old);
insert into old values (1, 'b');
insert into part values (1);
