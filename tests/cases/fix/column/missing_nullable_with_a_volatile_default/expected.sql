create table t (id int primary key, note text, token uuid default gen_random_uuid(), late timestamptz default clock_timestamp());
