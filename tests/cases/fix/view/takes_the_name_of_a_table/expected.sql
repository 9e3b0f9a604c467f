create table item_rows (n int);
create view item as select n from item_rows;
create view reader as select n from item;
comment on view reader is 'reads it';
create materialized view counted as select count(*) as n from reader;
create unique index counted_n on counted (n);
create function first_item() returns int language sql begin atomic select n from reader limit 1; end;
