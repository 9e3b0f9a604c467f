do $$ begin assert (select count(*) from c where p is null) = 20; end $$;
