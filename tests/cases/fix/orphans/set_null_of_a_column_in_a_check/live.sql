create table p (id int primary key);
create table c (id int primary key, p int, note text, check (p is not null or note is not null));
insert into p select n from generate_series(1, 100) n;
insert into c select n, n, 'note ' || n from generate_series(1, 137) n;
