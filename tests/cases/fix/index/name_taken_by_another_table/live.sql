create table t (id int primary key, a text);
create table u (id int primary key, a text);
create index a_idx on u (a);
insert into t select n, 'row ' || n from generate_series(1, 300) n;
insert into u select n, 'row ' || n from generate_series(1, 300) n;
