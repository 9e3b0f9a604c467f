create table item_rows (n int);
insert into item_rows select generate_series(1, 10);
create view item as select n from item_rows;
create view reader as select n from item;
comment on view reader is 'reads it';
