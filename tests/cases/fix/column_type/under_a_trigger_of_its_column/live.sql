create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger g before update of a on t for each row when (new.a > old.a) execute function f();
insert into t select n, n from generate_series(1, 300) n;
