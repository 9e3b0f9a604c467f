create table p (code text not null, id int primary key);
create table c (id int primary key, code text, p int references p);
