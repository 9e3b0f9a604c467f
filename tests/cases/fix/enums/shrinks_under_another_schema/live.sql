create type mood as enum ('good', 'bad');
create schema other;
create table other.u (m mood);
insert into other.u values ('bad');
