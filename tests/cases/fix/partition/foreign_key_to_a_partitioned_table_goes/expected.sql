create table area (id int primary key) partition by range (id);
create table area_1 partition of area for values from (0) to (9);
create table area_2 partition of area for values from (9) to (19);
create table spot (id int, other int constraint other_fk references area on delete set null);
