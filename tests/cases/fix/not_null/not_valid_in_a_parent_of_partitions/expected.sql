create table t (id int not null, a text not null) partition by range (id);
create table t_low partition of t for values from (0) to (200);
create table t_high partition of t for values from (200) to (1000);
