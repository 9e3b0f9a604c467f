do $$ begin assert (select bool_and(e = 2) from t); end $$;
