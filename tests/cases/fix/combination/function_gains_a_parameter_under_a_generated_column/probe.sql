do $$ begin assert (select bool_and(s = a * 3) from t); end $$;
