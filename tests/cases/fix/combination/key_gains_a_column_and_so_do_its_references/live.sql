create table p (tenant int not null, id int primary key);
create table c (tenant int, p int references p);
insert into p select n % 3, n from generate_series(1, 100) n;
insert into c select n % 3, n from generate_series(1, 100) n;
