insert into t default values;
do $$ begin assert (select max(id) = 301 from t); end $$;
