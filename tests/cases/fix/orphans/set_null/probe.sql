do $$ begin assert (select count(*) filter (where p is null) = 37 and count(*) = 137 from c); end $$;
