-- SET NULL is an update, and the expected trigger refuses updates: deleting a parent fails. The plan says so.

create table p (id int primary key);
create table c (id int primary key, p int references p on delete cascade);
insert into p select n from generate_series(1, 100) n;
insert into c select n, n from generate_series(1, 100) n;
