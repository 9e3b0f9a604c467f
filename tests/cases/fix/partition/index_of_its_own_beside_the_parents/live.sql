create table payments (id bigint not null, paid_at date not null) partition by range (paid_at);
create table payments_2020 partition of payments for values from ('2020-01-01') to ('2021-01-01');
create index payments_2020_own on payments_2020 (id);
insert into payments values (1, '2020-02-02');
