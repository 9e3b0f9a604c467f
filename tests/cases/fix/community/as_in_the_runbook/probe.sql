do $$ begin assert (select count(*) = 500 and count(distinct id) = 500 from post_reactions); end $$;
delete from posts where id = 1;
do $$ begin assert (select count(*) = 500 and count(*) filter (where post_id is null) = 5 from post_reactions); end $$;
insert into post_reactions (post_id, user_id, kind) values (2, 50, 'wow');
