create table p (id int primary key);
create table c (id int primary key, p int references p);
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'never'; end $$;
create trigger refuse before update on c for each row execute function refuse();
