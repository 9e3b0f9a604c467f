create table p (a int, b text, primary key (a, b));
create table c (id int primary key, x text, y int, foreign key (y, x) references p (a, b) on delete cascade);
insert into p select n, 'b' || n from generate_series(1, 100) n;
insert into c select n, 'b' || 1 + n % 100, 1 + n % 100 from generate_series(1, 400) n;
