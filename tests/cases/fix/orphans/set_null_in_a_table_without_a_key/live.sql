create table p (id int primary key);
create table c (p int, note text);
insert into p select n from generate_series(1, 100) n;
insert into c select n % 120, 'row ' || n from generate_series(1, 480) n;
