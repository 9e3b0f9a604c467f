create table p (a int not null, b int, c int) partition by range (a);
create table p_1 partition of p for values from (0) to (100);
create table p_2 partition of p for values from (100) to (200);
create unique index p_u on p (a, b);
insert into p values (1, 1, 1), (2, 1, 1), (101, 1, 1);
