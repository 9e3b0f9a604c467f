create table tick (at int, n int) partition by range (at);
create table tick_1 partition of tick for values from (0) to (100);
create table tick_2 partition of tick for values from (100) to (200);
insert into tick select g, g from generate_series(0, 199) g;
create index tick_at on tick (at) with (fillfactor = 90);
create unique index tick_u on tick (at, n);
