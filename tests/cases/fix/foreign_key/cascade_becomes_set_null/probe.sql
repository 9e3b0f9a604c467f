delete from p where id <= 10;
do $$ begin assert (select count(*) filter (where p is null) = 40 and count(*) = 400 from c); end $$;
