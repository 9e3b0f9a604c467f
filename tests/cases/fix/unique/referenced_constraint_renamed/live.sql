create table p (id int, constraint old_name unique (id));
create table c (p int references p (id));
insert into p select n from generate_series(1, 100) n;
insert into c select n from generate_series(1, 100) n;
