do $$ begin
  if exists (select from t where token is null or late is null) then raise 'rows have no value'; end if;
  insert into t (id, token) values (999, null);
end $$;
