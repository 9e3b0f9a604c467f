create table orders (id bigint primary key, customer text, total numeric, closed boolean not null default false);
create table items (id bigint primary key, order_id bigint not null);
create publication feed for table orders with (publish = 'insert', publish_via_partition_root);
comment on publication feed is 'to the warehouse';
