create table p (id int primary key); create table t (a int, constraint odd foreign key (a) references p on delete cascade);
