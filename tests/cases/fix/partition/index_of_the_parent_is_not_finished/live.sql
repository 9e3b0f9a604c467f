-- Somebody began by hand: the parent's index was made ONLY on the parent, and one partition's was attached.

create table t (id int, at date) partition by range (at);
create table t_old partition of t for values from ('2025-01-01') to ('2026-01-01');
create table t_new partition of t for values from ('2026-01-01') to ('2027-01-01');
insert into t select n, date '2025-06-01' + n from generate_series(1, 400) n;
create index t_id_idx on only t (id);
create index t_old_id_idx on t_old (id);
alter index t_id_idx attach partition t_old_id_idx;
