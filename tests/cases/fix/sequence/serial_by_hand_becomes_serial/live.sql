create sequence t_id_seq as int;
create table t (id int not null primary key default nextval('t_id_seq'));
insert into t select from generate_series(1, 300) n;
