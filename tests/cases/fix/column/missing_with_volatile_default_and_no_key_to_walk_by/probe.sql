do $$ begin assert (select count(distinct token) = 300 from t); end $$;
