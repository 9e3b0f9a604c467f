create function f(a int) returns int language sql as $$ select a + 1 $$;
create procedure p() language plpgsql as $$ begin perform 1; end $$;
