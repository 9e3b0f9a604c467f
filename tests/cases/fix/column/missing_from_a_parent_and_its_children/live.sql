create table t (id int);
create table u (b int) inherits (t);
insert into t select n from generate_series(1, 100) n;
insert into u select n, n from generate_series(1, 100) n;
