create table item_rows (n int);
create table item (n int);
create view reader as select n from item;
comment on view reader is 'reads it';
