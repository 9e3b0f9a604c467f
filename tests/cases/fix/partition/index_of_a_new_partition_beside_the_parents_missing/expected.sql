create table event (id int) partition by range (id);
create table event_1 (id int);
alter table event attach partition event_1 for values from (0) to (9);
create index event_id on event (id);
create index another on event_1 (id);
