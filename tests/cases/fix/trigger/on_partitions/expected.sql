create table t (id int, a int) partition by range (id);
create table t_1 partition of t for values from (0) to (100);
create table t_2 partition of t for values from (100) to (200);
create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger changed before update or insert on t for each row execute function f();
create trigger missing after insert on t for each row execute function f();
