do $$ begin assert (select bool_and(b = a * 3) from t); end $$;
