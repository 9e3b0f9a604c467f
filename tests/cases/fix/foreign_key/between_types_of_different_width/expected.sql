create table p (id bigint primary key);
create table c (id int primary key, p int references p);
