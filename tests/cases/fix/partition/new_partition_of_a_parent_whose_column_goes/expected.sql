create table event (id bigint, day date not null, unique (day, id)) partition by range (day);
create table event_rest partition of event default;
