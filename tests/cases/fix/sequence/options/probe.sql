do $$ begin assert nextval('tickets') = 17; end $$;
