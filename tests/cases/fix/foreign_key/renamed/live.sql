create table p (id int primary key);
create table c (id int primary key, p int, constraint old_name foreign key (p) references p);
insert into p select n from generate_series(1, 100) n;
insert into c select n, 1 + n % 100 from generate_series(1, 400) n;
