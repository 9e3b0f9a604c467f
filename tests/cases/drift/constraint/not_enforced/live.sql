create table p (id int primary key);
create table t (id int primary key, p int references p not enforced, q int check (q > 0) not enforced);
