create table t (id int primary key);
create function f() returns trigger language plpgsql as $$ begin return null; end $$;
create constraint trigger later after insert on t deferrable initially deferred for each row execute function f();
