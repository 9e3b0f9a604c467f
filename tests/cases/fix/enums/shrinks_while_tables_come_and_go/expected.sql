create type kind as enum ('a');
create table new (k kind);
create table part (id int);
