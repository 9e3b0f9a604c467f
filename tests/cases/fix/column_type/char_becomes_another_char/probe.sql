do $$ begin assert (select a = 'DE' and b = 'DK' and c = 'FR' and d = '1234' and e = '{DE,DEU}' from t where id = 1), 'cut'; end $$;
