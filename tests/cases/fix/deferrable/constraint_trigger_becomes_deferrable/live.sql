create table t (id int primary key);
create function f() returns trigger language plpgsql as $$ begin return null; end $$;
create constraint trigger later after insert on t for each row execute function f();
insert into t select n from generate_series(1, 100) n;
