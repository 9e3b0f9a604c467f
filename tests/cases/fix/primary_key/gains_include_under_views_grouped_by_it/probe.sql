do $$ begin assert (select count(*) from v) = 10 and (select count(*) from mv) = 10 and f() = 10; end $$;
