create table t (id int primary key);
create function f(a int) returns int language sql as $$ select a $$;
create function g() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger g before insert on t for each row execute function g();
create view v as select f(1) as one;
