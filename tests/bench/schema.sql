-- Purpose: what the measured tables (tables.sql) have in common.
create type status as enum ('new', 'open', 'done');
create table owners (id bigint primary key, name text not null);
create function touch() returns trigger language plpgsql as
'begin new.updated_at := clock_timestamp(); return new; end'
