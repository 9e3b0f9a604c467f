-- What comes from the old parent goes, is taken over, or gets another name.
create table a (id int, n int, at date, primary key (id, at), constraint a_n check (n > 0), constraint a_id check (id > 0)) partition by range (at);
create table b (id int, n int, at date) partition by range (at);
create table p partition of a for values from ('2025-01-01') to ('2026-01-01');
create index a_n_idx on a (n);
create index a_at_idx on a (at);
alter table b alter id set not null, alter at set not null, add constraint b_id check (id > 0), add constraint a_n check (n < 1000);
create index b_n_idx on b (n);
insert into a select n, n, date '2025-02-01' + n from generate_series(1, 100) n;
