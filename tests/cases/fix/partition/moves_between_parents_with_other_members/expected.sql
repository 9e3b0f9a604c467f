create table a (id int, n int, at date, primary key (id, at), constraint a_n check (n > 0), constraint a_id check (id > 0)) partition by range (at);
create table b (id int not null, n int, at date not null, constraint b_id check (id > 0), constraint a_n check (n < 1000)) partition by range (at);
create table p partition of b for values from ('2025-01-01') to ('2026-01-01');
create index a_n_idx on a (n);
create index a_at_idx on a (at);
create index b_n_idx on b (n);
