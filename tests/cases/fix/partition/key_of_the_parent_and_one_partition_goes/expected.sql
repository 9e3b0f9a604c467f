create table payments (id bigint not null, paid_at date not null, amount int not null) partition by range (paid_at);
create table payments_2021 partition of payments for values from ('2021-01-01') to ('2022-01-01');
create table payments_2022 partition of payments for values from ('2022-01-01') to ('2023-01-01');
alter table payments add primary key (paid_at, id);
create index payments_amount on payments (amount);
