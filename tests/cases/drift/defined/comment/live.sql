create table t (id int primary key, a int, b int);
comment on table t is 'old';
comment on column t.a is 'no more';
comment on column t.b is 'same';
create table extra ();
comment on table extra is 'comes and goes with it';
create extension pg_trgm;
comment on extension pg_trgm is 'an extension''s own';
