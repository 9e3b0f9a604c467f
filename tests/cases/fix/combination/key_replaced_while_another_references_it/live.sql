create table p (code text primary key, id int);
create table c (id int primary key, code text references p on delete cascade);
insert into p select 'code ' || n, n from generate_series(1, 100) n;
insert into c select n, 'code ' || n from generate_series(1, 100) n;
