insert into t (id) values (301);
do $$ begin assert (select (a, b, coalesce(c, '-')) = (7, 2, '-') from t where id = 301); end $$;
