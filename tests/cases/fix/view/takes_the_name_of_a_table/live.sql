create table item (n int);
create view reader as select n from item;
comment on view reader is 'reads it';
create materialized view counted as select count(*) as n from reader;
create unique index counted_n on counted (n);
create function first_item() returns int language sql begin atomic select n from reader limit 1; end;
insert into item select generate_series(1, 10);
