create table event (id int) partition by range (id);
create index event_id on event (id);
create table event_1 (id int);
insert into event_1 select generate_series(1, 8);
