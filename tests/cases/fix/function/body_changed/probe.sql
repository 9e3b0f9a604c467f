do $$ begin assert f(1) = 2; end $$;
