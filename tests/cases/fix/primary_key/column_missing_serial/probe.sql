insert into t (a) values ('new');
do $$ begin assert (select count(*) = max(id) and min(id) = 1 from t); end $$;
