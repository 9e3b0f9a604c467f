create table payments (id bigint not null, paid_at date not null, amount int not null) partition by range (paid_at);
create table payments_2020 partition of payments for values from ('2020-01-01') to ('2021-01-01');
create table payments_2021 partition of payments for values from ('2021-01-01') to ('2022-01-01');
insert into payments values (1, '2020-02-02', 7), (2, '2021-02-02', 8);
