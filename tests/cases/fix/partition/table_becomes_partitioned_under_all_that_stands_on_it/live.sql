create table area (id int primary key);
create table event (
    id int, at date not null, area int constraint event_area references area,
    n serial, twice int generated always as (area * 2) stored, constraint event_pkey primary key (id, at)
);
create index event_area_idx on event (area);
create statistics event_stat on id, area from event;
create table note (event int, at date, constraint note_event foreign key (event, at) references event (id, at));
create view late as select id, at from event where at > '2025-06-01';
create view early as select id from late where at > '2026-01-01';
create materialized view counted as select count(*) as n from event;
create function stamp() returns trigger language plpgsql as $$begin return new; end$$;
create trigger stamp before insert on event for each row execute function stamp();
alter table event enable row level security;
create policy all_rows on event using (true);
insert into area select generate_series(1, 8);
insert into event (id, at, area) select n, date '2025-01-01' + n * 50, n % 8 + 1 from generate_series(1, 10) n;
insert into note select id, at from event;
