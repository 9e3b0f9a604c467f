create table p (id int primary key);
create table c (id int primary key, p int references p on delete cascade);
insert into p select n from generate_series(1, 100) n;
insert into c select n, n from generate_series(1, 100) n;
set session_replication_role = replica;
delete from p where id > 80;
reset session_replication_role;
