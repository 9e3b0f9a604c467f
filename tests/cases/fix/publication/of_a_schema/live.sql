create schema shop;
create table shop.orders (id bigint primary key);
insert into shop.orders select generate_series(1, 9);
