create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger g before update on t for each row when (new.a > 2) execute function f();
create trigger h after update on t for each statement execute function f();
