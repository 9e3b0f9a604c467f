create function f(a int) returns int language sql immutable strict leakproof parallel safe cost 7 as $$ select a $$;
create function g(a int) returns int language plpgsql as $$ begin return a; end $$;
