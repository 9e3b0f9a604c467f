create table p (id int primary key);
create table t (id int primary key, p int references p, a int unique check (a > 0));
create index t_p_idx on t (p);
