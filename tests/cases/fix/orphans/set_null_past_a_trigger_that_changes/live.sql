-- The live trigger refuses every update, the expected one lets references go: it is replaced first.
create table p (id int primary key);
create table c (id int primary key, p int);
insert into p select n from generate_series(1, 100) n;
insert into c select n, n from generate_series(1, 137) n;
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'never'; end $$;
create trigger refuse before update or delete on c for each row execute function refuse();
