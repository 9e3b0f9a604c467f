create table t (id int primary key, a text, b int[] default '{}', c timestamptz not null default now());
