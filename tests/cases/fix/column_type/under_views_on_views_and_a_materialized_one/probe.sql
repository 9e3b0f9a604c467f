do $$ begin assert (select count(*) = 300 from m); end $$;
