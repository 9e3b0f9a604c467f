create table orders (id bigint primary key, customer text, total numeric, closed boolean not null default false);
create table items (id bigint primary key, order_id bigint not null);
insert into orders select n, 'c' || n, n * 1.5, n % 2 = 0 from generate_series(1, 50) n;
insert into items select n, 1 + n % 50 from generate_series(1, 200) n;
create publication feed for table orders, items;
comment on publication feed is 'to the warehouse';
