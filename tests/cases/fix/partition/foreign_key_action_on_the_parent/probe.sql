delete from p where id = 7;
do $$ begin assert (select count(*) = 199 and count(*) filter (where p is null) > 0 from t); end $$;
