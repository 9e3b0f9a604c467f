do $$ begin assert (select count(forgotten) = 300 from t); end $$;
