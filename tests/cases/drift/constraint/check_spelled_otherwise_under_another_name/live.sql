create table t (s varchar(9), constraint odd check (s in ('a', 'b')));
