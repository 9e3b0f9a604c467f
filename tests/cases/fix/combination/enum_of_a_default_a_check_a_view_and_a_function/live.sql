create table t (id int primary key, state text default 'open');
create view open_ones as select id, state from t where state = 'open';
create function is_open(t) returns boolean language sql stable as $$ select $1.state = 'open' $$;
insert into t select n, case when n % 3 = 0 then 'shut' else 'open' end from generate_series(1, 100) n;
