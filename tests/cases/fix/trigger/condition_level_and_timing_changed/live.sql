create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger g before update on t for each row when (new.a > 1) execute function f();
create trigger h before update on t for each row execute function f();
insert into t select n, n from generate_series(1, 100) n;
