create table base (id int not null, note text);
create table derived (extra int, id int not null, note text);
insert into derived select n, n, 'row ' || n from generate_series(1, 100) n;
