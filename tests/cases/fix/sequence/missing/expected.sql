create table t (id int primary key);
create sequence tickets as int increment 5 minvalue -10 maxvalue 1000 start 5 cache 3 cycle;
