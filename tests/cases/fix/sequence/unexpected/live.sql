create sequence s;
create table t (id int primary key default nextval('s'));
insert into t select from generate_series(1, 300) n;
