create table orders (id bigint primary key, customer text, total numeric, closed boolean not null default false);
create table items (id bigint primary key, order_id bigint not null);
create publication feed for table orders (id, total, closed) where (closed and total > 10), items (id);
