create table p (k int primary key) partition by list (k);
create table p1 partition of p for values in (1);
