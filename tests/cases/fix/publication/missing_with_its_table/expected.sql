create table orders (id bigint primary key, note text);
create table items (id bigint primary key, order_id bigint);
create publication feed for table orders, items;
