create table posts (id bigint primary key);
create table post_notes (id bigint primary key, changed_at timestamptz);
create function note_change() returns trigger language plpgsql as $$ begin new.changed_at := now(); return new; end $$;
create trigger note_change before update on post_notes for each row execute function note_change();
create view old_posts as select id from posts;
create function refuse_old() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger refuse_old instead of insert on old_posts for each row execute function refuse_old();
