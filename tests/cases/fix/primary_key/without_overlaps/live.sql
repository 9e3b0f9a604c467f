create extension btree_gist;
create table room (id int, held daterange);
create table stay (id int, held daterange);
insert into room select n, daterange('2020-01-01', '2021-01-01') from generate_series(1, 100) n;
insert into stay select n, daterange('2020-02-01', '2020-03-01') from generate_series(1, 100) n;
