create table item (n int, twice int generated always as (n * 2) stored);
insert into item values (1), (2);
