create table p (id int primary key);
create table c (id int primary key, p int references p on delete set null);
create function refuse() returns trigger language plpgsql as
    $$ begin if tg_op = 'UPDATE' and new.p is null then return new; end if; raise exception 'never'; end $$;
create function allow() returns trigger language plpgsql as $$ begin return coalesce(new, old); end $$;
create trigger refuse before update on c for each row execute function allow();
