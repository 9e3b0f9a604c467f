create table p (id int primary key);
create table t (id int primary key, p int, q int constraint t_q_check check (q > 0) not enforced);
alter table t add constraint t_p_fkey foreign key (p) references p not enforced;
insert into p select n from generate_series(1, 300) n;
insert into t select n, n, n from generate_series(1, 300) n;
