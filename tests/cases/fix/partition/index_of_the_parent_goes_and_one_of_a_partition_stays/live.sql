create table event (id int) partition by range (id);
create table event_1 partition of event for values from (0) to (9);
create table event_2 partition of event for values from (9) to (99);
create index event_id on event (id);
insert into event select n from generate_series(1, 50) n;
