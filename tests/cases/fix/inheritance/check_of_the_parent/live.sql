create table base (id int not null, note text);
create table derived (extra int) inherits (base);
insert into base select n, 'row ' || n from generate_series(1, 100) n;
insert into derived select n, 'row ' || n, n from generate_series(1, 100) n;
