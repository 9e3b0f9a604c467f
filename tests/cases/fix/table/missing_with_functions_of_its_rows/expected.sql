create table keep (id int);
create table t (id int primary key, a int);
create function total() returns bigint language sql stable begin atomic select sum(t.a) from t; end;
create function is_fine(t) returns boolean language sql immutable as $$ select $1.a > 0 $$;
create function text_of(t) returns text language sql immutable as $$ select $1.id::text $$;
alter table t add column b bigint default total(), add constraint fine check (is_fine(t.*));
create unique index t_text on t (text_of(t.*));
alter table t enable row level security;
create policy p on t using (is_fine(t.*));
