create table p (id int primary key); create table t (a int references p, constraint positive check (a > 0), constraint once unique (a));
