create table p (id int primary key, code text not null);
create table c (id int primary key, code text);
insert into p select n, 'code ' || n from generate_series(1, 100) n;
insert into c select n, 'code ' || 1 + n % 100 from generate_series(1, 400) n;
