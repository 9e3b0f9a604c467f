create table event (id bigint, day date not null, primary key (id, day)) partition by range (day);
create table event_rest partition of event default;
