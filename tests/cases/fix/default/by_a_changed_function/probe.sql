insert into t (id) values (301);
do $$ begin assert (select a = 42 from t where id = 301); end $$;
