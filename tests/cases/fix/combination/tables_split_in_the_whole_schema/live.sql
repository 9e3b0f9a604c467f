create table orders (id serial primary key, customer_name text, total int, old_state text);
create index orders_old_idx on orders (old_state);
create view order_report as select customer_name, sum(total) as total from orders group by customer_name;
insert into orders (customer_name, total, old_state) select 'customer ' || n % 10, n, 'x' from generate_series(1, 200) n;
