create function visible(a int) returns bigint language sql immutable as $$ select a::bigint $$;
create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger g before update on t for each row when (visible(new.a) > 0) execute function f();
create policy own on t using (visible(a) > 0);
create rule r as on delete to t where visible(old.a) > 0 do instead nothing;
