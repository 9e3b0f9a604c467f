do $$ begin
  assert (select bool_and(named = current_setting('server_version_num') and built = version() and thrown = 4) from t);
  insert into t values (0);
  assert (select named is not null and built is not null and thrown = 4 from t where id = 0);
end $$;
