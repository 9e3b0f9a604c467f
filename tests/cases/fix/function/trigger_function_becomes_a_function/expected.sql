create table t (id int primary key, a text);
create function f() returns int language sql as $$ select 1 $$;
create function g() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger f before insert on t for each row execute function g();
