do $$ begin assert (select count(*) = 100 from t where (a).street = 'street' || id and (a).number is null); end $$;
insert into t values (101, ('street', 7));
