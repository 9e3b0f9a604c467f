create table orders (id bigint primary key);
insert into orders select generate_series(1, 9);
