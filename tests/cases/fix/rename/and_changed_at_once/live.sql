create table p (id int primary key);
create table t (id int primary key, p int, constraint old_key foreign key (p) references p on delete cascade);
create index old_index on t (p);
insert into p select n from generate_series(1, 100) n;
insert into t select n, n from generate_series(1, 100) n;
