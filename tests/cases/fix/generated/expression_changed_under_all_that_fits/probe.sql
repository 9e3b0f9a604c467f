do $$ begin assert (select bool_and(b = a * 3) from t); assert (select bool_and(convalidated) from pg_constraint where conrelid = 't'::regclass); end $$;
