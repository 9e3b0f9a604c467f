do $$ begin assert (select count(*) = 500 and count(*) filter (where post_id is null) = 100 from post_reactions); end $$;
delete from posts where id = 1;
do $$ begin assert (select count(*) filter (where post_id is null) = 104 from post_reactions); end $$;
