create table payments (id bigint not null, paid_at date not null) partition by range (paid_at);
create table payments_2020 partition of payments for values from ('2020-01-01') to ('2021-01-01');
create table payments_2021 partition of payments for values from ('2021-01-01') to ('2022-01-01');
create index payments_id on payments (id);
create index payments_2020_own on payments_2020 (id);
create index payments_2021_own on payments_2021 (id);
