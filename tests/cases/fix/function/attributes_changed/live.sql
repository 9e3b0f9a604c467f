create function f(a int) returns int language sql as $$ select a $$;
create function g(a int) returns int language plpgsql strict security definer set work_mem = '8MB' as $$ begin return a; end $$;
