create table p (id int primary key);
create table t (id int primary key, p int not null default 1 references p);
