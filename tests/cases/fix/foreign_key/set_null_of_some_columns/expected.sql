create table p (a int, b int, primary key (a, b));
create table c (id int primary key, a int not null, b int, foreign key (a, b) references p on delete set null (b));
