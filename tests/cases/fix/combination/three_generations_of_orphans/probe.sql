do $$ begin assert (select count(*) from b where a is null) = 10 and (select count(*) from c where b is null) = 10; end $$;
