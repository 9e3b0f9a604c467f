create table p (id int primary key);
create table t (id int primary key, p int not null default 1 unique check (p > 0) references p on delete set default);
create index t_p_idx on t (p) where p > 10;
