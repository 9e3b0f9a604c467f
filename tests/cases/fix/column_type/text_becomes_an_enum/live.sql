create table t (id int primary key, state text not null default 'open', check (state in ('open', 'shut')));
insert into t select n, case when n % 2 = 0 then 'open' else 'shut' end from generate_series(1, 300) n;
