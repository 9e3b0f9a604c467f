do $$ begin assert (select count(old_name) = 300 from t); end $$;
