-- With MATCH SIMPLE a row with one NULL refers to nothing, and is no orphan.

create table p (a int, b int, primary key (a, b));
create table c (id int primary key, a int, b int);
insert into p select n, n from generate_series(1, 50) n;
insert into c select n, n % 60, null from generate_series(1, 100) n;
insert into c select 100 + n, n, n from generate_series(1, 50) n;
