insert into t values (101);
do $$ begin assert (select a = 'new' from t where id = 101); end $$;
