create table t (id integer primary key, tenant text not null, amount integer);
insert into t select n, 'a', n from generate_series(1, 50) n;
