create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger g before update or delete on t for each row execute function f();
insert into t select n, n from generate_series(1, 100) n;
