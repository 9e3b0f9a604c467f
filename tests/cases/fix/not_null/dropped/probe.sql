insert into t values (301, null);
