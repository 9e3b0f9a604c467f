create table events (id bigint primary key, place bigint not null);
create unique index a_events_place on events (place);
create table memberships (id bigint primary key, event_place bigint constraint z_memberships_place references events (place));
create table receipts (id bigint primary key, event_place bigint constraint z_receipts_place references events (place));
