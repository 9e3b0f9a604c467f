create table orders (id bigint primary key, customer text, total numeric, closed boolean not null default false);
create publication feed for table orders;
