create table p (k int primary key) partition by list (k);
create table p1 partition of p for values in (1);
create table p2 partition of p default;
