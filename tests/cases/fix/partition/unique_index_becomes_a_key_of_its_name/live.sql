create table parts (id int not null, n int) partition by range (id);
create table parts_1 partition of parts for values from (0) to (100);
create table parts_2 partition of parts for values from (100) to (200);
create unique index parts_id_key on parts (id);
insert into parts select g, g from generate_series(0, 199) g;
