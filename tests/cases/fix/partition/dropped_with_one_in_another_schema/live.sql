create table stays (id int);
create table p (id int not null) partition by range (id);
create schema other;
create table other.p1 partition of p for values from (0) to (10);
insert into p values (1);
