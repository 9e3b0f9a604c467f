create table t (id int generated always as identity (increment 2 minvalue -5 maxvalue 100000 cache 4 cycle) primary key);
