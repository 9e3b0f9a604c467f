create table p (id int, constraint odd primary key (id));
create table c (p int references p on delete cascade);
insert into p select n from generate_series(1, 100) n;
insert into c select n from generate_series(1, 100) n;
