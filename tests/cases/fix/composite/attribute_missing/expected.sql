create type address as (street text, number int);
create function street(a address) returns text language sql immutable as $$ select a.street $$;
