do $$ begin assert (select count(*) = 7 from m); end $$;
