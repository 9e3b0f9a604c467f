create table p (id int primary key);
create table t (id int primary key, p int references p on delete set null);
create index t_p_idx on t (p);
