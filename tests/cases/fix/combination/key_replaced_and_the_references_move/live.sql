create table p (code text primary key, id int not null);
create table c (id int primary key, code text references p, p int);
insert into p select 'code ' || n, n from generate_series(1, 100) n;
insert into c select n, 'code ' || n, n from generate_series(1, 100) n;
