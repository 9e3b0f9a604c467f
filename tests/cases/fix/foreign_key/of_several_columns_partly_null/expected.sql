create table p (a int, b int, primary key (a, b));
create table c (id int primary key, a int, b int, foreign key (a, b) references p);
