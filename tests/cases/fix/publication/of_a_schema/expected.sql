create schema shop;
create table shop.orders (id bigint primary key);
create schema depot;
create table depot.shelves (id bigint primary key);
create publication feed for tables in schema shop, depot;
