create table conseq (id serial primary key);
alter sequence conseq_id_seq rename to conseq_id_seq1;
create sequence conseq_id_seq;
insert into conseq select from generate_series(1, 100);
