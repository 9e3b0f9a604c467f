create table event (id int not null) partition by range (id);
create table event_1 partition of event for values from (0) to (9);
create table event_2 partition of event for values from (9) to (19) partition by range (id);
create table event_2a partition of event_2 for values from (9) to (12);
alter table event_2 add constraint event_2_key unique (id);
insert into event select generate_series(1, 11);
