create table event (id int, at date, primary key (id, at)) partition by range (at);
create table event_1 partition of event for values from ('2025-01-01') to ('2026-01-01');
create table event_2 partition of event default;
insert into event select n, date '2025-01-01' + 100 * n from generate_series(1, 10) n;
