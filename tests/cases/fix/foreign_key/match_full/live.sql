create table p (a int, b int, primary key (a, b));
create table c (id int primary key, a int, b int, foreign key (a, b) references p);
insert into p select n, n from generate_series(1, 50) n;
insert into c select n, n, n from generate_series(1, 50) n;
insert into c values (51, null, null);
