create table customers (id bigint primary key);
create table payments (customer_id smallint, paid_at date not null) partition by range (paid_at);
create table payments_2020 partition of payments for values from ('2020-01-01') to ('2021-01-01');
alter table payments_2020 add constraint payments_2020_customer_id_fkey foreign key (customer_id) references customers (id);
insert into customers values (1);
insert into payments values (1, '2020-02-02');
