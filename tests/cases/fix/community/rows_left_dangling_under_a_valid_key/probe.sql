do $$ begin assert (select count(*) = 500 and count(*) filter (where post_id is null) = 25 from post_reactions); end $$;
