-- Somebody used the names that one would take for a while.

create table p (id int primary key);
create table c (id int primary key, p int references p on delete cascade);
create index c_p_idx on c (p);
create index c_p_idx_new on c (id, p);
create index c_p_idx_tmp on c (id, p, p);
alter table c add constraint c_p_fkey_new check (p > 0);
alter table c add constraint c_p_not_null check (p <> 1000);
insert into p select n from generate_series(1, 100) n;
insert into c select n, n from generate_series(1, 100) n;
