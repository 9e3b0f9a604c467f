create table a (id int primary key);
create table b (id int primary key, a int references a on delete set null);
create table c (id int primary key, b int references b on delete set null);
