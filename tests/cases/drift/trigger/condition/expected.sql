create function f() returns trigger language plpgsql as 'begin return new; end';
create table t (a int, b int);
create trigger one before update on t for each row when (new.a > old.a) execute function f();
