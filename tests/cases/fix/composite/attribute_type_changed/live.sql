create type address as (street varchar(10), number int);
