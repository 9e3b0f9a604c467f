create table t (s varchar(9), constraint known check (s in ('a', 'b')));
