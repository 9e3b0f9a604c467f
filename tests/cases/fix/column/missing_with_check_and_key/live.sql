create table p (id int primary key);
create table t (id int primary key);
insert into p select n from generate_series(1, 10) n;
insert into t select n from generate_series(1, 300) n;
