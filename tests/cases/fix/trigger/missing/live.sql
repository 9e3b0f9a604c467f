create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as $$ begin return null; end $$;
insert into t select n, n from generate_series(1, 100) n;
