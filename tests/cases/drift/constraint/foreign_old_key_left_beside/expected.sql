create table p (id int primary key); create table t (a int references p on delete set null);
