create table p (id int primary key);
create table t (id int, p int) partition by range (id);
create table t_1 partition of t for values from (0) to (100);
create table t_2 partition of t for values from (100) to (200);
insert into p select n from generate_series(1, 50) n;
insert into t select n, 1 + n % 50 from generate_series(1, 199) n;
alter table t_1 add foreign key (p) references p on delete cascade;
