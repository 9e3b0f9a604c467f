insert into t (p) values (null);
