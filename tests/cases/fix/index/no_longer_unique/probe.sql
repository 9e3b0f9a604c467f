insert into t values (301, 'row 1');
