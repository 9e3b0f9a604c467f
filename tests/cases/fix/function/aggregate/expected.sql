create function add(a int, b int) returns int language sql immutable as $$ select a + b $$;
create aggregate total(int) (sfunc = add, stype = int, initcond = '0');
