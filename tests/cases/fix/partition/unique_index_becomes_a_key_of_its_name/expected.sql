create table parts (id int not null, n int) partition by range (id);
create table parts_1 partition of parts for values from (0) to (100);
create table parts_2 partition of parts for values from (100) to (200);
alter table parts add unique (id);
