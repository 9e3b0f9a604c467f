create table events (id bigint primary key, place bigint not null);
create table memberships (id bigint primary key, event_place bigint);
