do $$ begin assert (select count(*) from ddl_log where tag = 'CREATE INDEX') > 0, 'the application has written it down'; end $$;
