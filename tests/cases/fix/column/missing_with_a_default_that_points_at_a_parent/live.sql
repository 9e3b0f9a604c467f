create table p (id int primary key);
create table t (id int primary key);
insert into p values (0), (1);
insert into t select n from generate_series(1, 300) n;
