do $$ begin assert nextval('tickets') between 6 and 9; end $$;
