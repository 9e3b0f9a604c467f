do $$ begin assert (select bool_and(twice = a * 2) from t); end $$;
