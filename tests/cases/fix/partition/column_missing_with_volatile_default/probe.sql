do $$ begin assert (select count(distinct token) = 200 from t); end $$;
