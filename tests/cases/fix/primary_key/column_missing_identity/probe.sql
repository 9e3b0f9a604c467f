insert into t (a) values ('new');
do $$ begin assert (select count(distinct id) from t) = 301; end $$;
