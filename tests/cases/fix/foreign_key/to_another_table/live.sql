create table old_p (id int primary key);
create table p (id int primary key);
create table c (id int primary key, p int references old_p);
insert into old_p select n from generate_series(1, 100) n;
insert into p select n from generate_series(1, 100) n;
insert into c select n, 1 + n % 100 from generate_series(1, 400) n;
