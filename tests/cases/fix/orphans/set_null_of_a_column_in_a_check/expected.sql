create table p (id int primary key);
create table c (id int primary key, p int references p, note text, check (p is not null or note is not null));
