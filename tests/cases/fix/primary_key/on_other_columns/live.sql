create table t (id bigserial, a int not null, b int not null, primary key (a, b));
insert into t (a, b) select n, n % 7 from generate_series(1, 300) n;
