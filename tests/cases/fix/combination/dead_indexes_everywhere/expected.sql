create table p (id int primary key, a int unique);
create table c (id int primary key, p int references p (a));
create index c_p_idx on c (p);
