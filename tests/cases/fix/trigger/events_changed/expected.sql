create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger g before insert or update on t for each row execute function f();
