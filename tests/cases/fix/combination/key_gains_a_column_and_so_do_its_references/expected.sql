create table p (tenant int, id int, primary key (tenant, id));
create table c (tenant int, p int, foreign key (tenant, p) references p);
