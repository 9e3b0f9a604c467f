create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger g before update on t for each row execute function f();
create trigger h before update on t for each row execute function f();
create trigger i before update on t for each row execute function f();
