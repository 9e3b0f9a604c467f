create table t (id int primary key, a varchar(40), b numeric(12, 2), c text, d timestamptz);
create index t_a_idx on t (a);
