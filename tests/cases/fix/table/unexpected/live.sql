create table t (id int primary key);
create table u (id serial primary key, t int references t);
create table v (id int primary key, u int references u);
insert into t select n from generate_series(1, 10) n;
insert into u select n, n from generate_series(1, 10) n;
