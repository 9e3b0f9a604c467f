insert into t (a, b) values (null, null);
