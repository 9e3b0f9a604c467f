insert into t (a) values ('new');
do $$ begin assert (select max(id) > 300 from t); end $$;
