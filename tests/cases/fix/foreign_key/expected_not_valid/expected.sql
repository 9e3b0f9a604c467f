create table p (id int primary key);
create table c (id int primary key, p int);
alter table c add foreign key (p) references p not valid;
