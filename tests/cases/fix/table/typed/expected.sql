create table other (id int);
create type address as (street text, number int);
create table addresses of address (number with options default 1);
