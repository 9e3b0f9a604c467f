create table p (id int, unique (id));
create table c (p int references p (id));
