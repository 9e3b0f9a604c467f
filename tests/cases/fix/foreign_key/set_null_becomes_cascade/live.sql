create table p (id int primary key);
create table c (id int primary key, p int references p on delete set null);
insert into p select n from generate_series(1, 100) n;
insert into c select n, nullif(n % 101, 0) from generate_series(1, 400) n;
