create table t (id uuid default gen_random_uuid() primary key, a text);
