create table t (a int primary key, b int not null, c text);
insert into t select n, n % 5, 'row ' || n from generate_series(1, 200) n;
