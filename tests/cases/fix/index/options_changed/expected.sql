create table t (id int primary key, a text);
create index t_a_idx on t (a) with (fillfactor = 70, deduplicate_items = off);
