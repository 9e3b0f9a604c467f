do $$ begin assert (select bool_and(status = 'approved' and not hidden) from t); end $$;
