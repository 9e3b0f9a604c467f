create table t (a text, token uuid not null default gen_random_uuid());
