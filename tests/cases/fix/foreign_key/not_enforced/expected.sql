create table p (id int primary key);
create table t (id int primary key, p int references p, q int check (q > 0));
