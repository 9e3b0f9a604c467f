do $$ begin assert (select count(*) = 300 and max(a) = 'row 99' and max(b) = 300 from t); end $$;
