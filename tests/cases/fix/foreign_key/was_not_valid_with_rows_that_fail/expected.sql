create table p (id int primary key);
create table t (id int primary key, p_id int references p);
