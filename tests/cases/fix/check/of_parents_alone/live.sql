create table t (id int primary key, a int);
create table u () inherits (t);
insert into t select n, n from generate_series(1, 100) n;
insert into u select n, -n from generate_series(101, 200) n;
