create table p (id int primary key);
create table c (id int primary key, p int references p deferrable initially deferred);
insert into p select n from generate_series(1, 100) n;
insert into c select n, n from generate_series(1, 100) n;
