create function rank(score numeric, at timestamp) returns int language sql immutable as $$ select (score - extract(year from at))::int $$;
create table t (id int primary key, score int not null, at timestamp not null, kind text not null);
create index t_rank on t (rank(score, at) desc, at desc);
create index t_recent on t (score) where at > '2020-01-01'::timestamp;
create index t_kind on t (kind text_pattern_ops);
create index t_lower on t (lower(kind));
insert into t select n, n % 7, '2026-01-01'::timestamp + n * interval '1 hour', n from generate_series(1, 300) n;
