create table p (k int) partition by range (k);
create table p1 partition of p for values from (1) to (20);
