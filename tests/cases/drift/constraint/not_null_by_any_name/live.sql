create table t (a int constraint "Named" not null, b int);
alter table t add constraint later not null b not valid;
alter table t validate constraint later;
create table child () inherits (t);
