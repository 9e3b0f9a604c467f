create table p (id int primary key);
create table t (id int primary key, p int, q int constraint t_q_check check (q > 0) not enforced, r int constraint t_r_check check (r > 0) not enforced);
alter table t add constraint t_p_fkey foreign key (p) references p not enforced;
