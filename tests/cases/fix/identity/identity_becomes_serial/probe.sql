insert into t (a) values ('new');
do $$ begin assert (select max(id) = 301 from t); end $$;
