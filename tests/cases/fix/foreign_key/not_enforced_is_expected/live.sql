create table p (id int primary key);
create table t (id int primary key, p int references p, q int check (q > 0), r int);
insert into p select n from generate_series(1, 300) n;
insert into t select n, n, n, n from generate_series(1, 300) n;
