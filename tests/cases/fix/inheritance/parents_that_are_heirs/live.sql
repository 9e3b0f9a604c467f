-- Rows of an heir are no parents: the row that references one stands in the way.
create table events (id bigint primary key, note text);
create table events_2024 (primary key (id)) inherits (events);
create table attachments (id bigint primary key, event_id bigint);
insert into events values (1); insert into events_2024 values (2);
insert into attachments values (1, 1), (2, 2);
