create table items (id int primary key);
create function item_count() returns bigint language sql begin atomic select count(*) from items; end;
create table orders (id int primary key, n bigint default item_count());
alter table items add column m bigint default item_count();
insert into items (id) select n from generate_series(1, 100) n;
