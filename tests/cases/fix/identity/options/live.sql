create table t (id int generated always as identity primary key);
insert into t select from generate_series(1, 300) n;
