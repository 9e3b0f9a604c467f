delete from p where id = 1;
do $$ begin assert (select count(*) from c) = 400; end $$;
