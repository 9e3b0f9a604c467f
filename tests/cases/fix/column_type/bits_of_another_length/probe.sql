do $$ begin assert (select a = '101' and b = '110' and c = '00000101' from t where id = 1), 'cut'; end $$;
