insert into t (id) values (301);
do $$ begin assert (select number = 1000 from t where id = 301); end $$;
