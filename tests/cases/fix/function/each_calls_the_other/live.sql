create function even(n int) returns boolean language plpgsql as $$ begin return n = 0; end $$;
