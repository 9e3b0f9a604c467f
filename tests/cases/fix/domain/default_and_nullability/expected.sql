create domain d as int default 2 not null;
create domain e as text;
create table t (id int primary key, d d, e e);
