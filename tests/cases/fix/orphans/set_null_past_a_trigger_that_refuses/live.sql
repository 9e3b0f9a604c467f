-- The trigger stays as it is and refuses updates: a repair cannot go through it, and must not go around it.

create table p (id int primary key);
create table c (id int primary key, p int);
insert into p select n from generate_series(1, 100) n;
insert into c select n, n from generate_series(1, 137) n;
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'never'; end $$;
create trigger refuse before update on c for each row execute function refuse();
