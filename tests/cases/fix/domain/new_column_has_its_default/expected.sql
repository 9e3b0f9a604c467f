create domain even as int default 2 not null check (value % 2 = 0);
create table t (id int primary key, e even);
