create extension btree_gist;
create table room (id int, held daterange not null, primary key (id, held));
create table stay (id int, held daterange, foreign key (id, held) references room (id, held));
insert into room select n, daterange('2020-01-01', '2021-01-01') from generate_series(1, 100) n;
insert into stay select n, daterange('2020-01-01', '2021-01-01') from generate_series(1, 100) n;
