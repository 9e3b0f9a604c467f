create table p (id int primary key);
create table c (p int references p on delete set null);
