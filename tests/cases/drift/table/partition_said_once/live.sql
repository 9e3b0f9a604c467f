create table p (k int, a int) partition by range (k);
create table p1 partition of p for values from (1) to (10);
create table p2 partition of p for values from (10) to (20);
