create table t (id int primary key, a text) with (fillfactor = 70, toast.autovacuum_enabled = false, parallel_workers = 2);
