create table orders (id bigint primary key, customer text, total double precision, closed boolean not null default false);
create table items (id bigint primary key, order_id bigint not null);
create publication feed for table orders where (total > 10);
