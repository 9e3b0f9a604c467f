create table other (id int primary key);
create type mood as enum ('calm');
create table z_parent (id bigint generated always as identity primary key, mood mood default 'calm');
create table t (
    id serial primary key,
    parent bigint not null references z_parent on delete cascade,
    a varchar(20) collate "C" not null unique,
    b int check (b > 0),
    c text generated always as (upper(a)) stored
) with (fillfactor = 70, autovacuum_enabled = false);
create index t_b_idx on t (b) where b is not null;
comment on table t is 'it''s new';
