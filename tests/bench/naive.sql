-- Purpose: what the fix of the community database is compared with: everything in one transaction, as it is written by
--          hand. It leaves the same schema behind.
-- Locks:   ACCESS EXCLUSIVE on five tables, each from its first statement to the end. Cost: two builds of indexes, two
--          scans. Least server version: 14.
begin;

create or replace function refuse_reaction_change() returns trigger language plpgsql as $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND NEW.post_id IS NULL
        AND to_jsonb(NEW) - 'post_id' = to_jsonb(OLD) - 'post_id'
        AND NOT EXISTS (SELECT FROM public.posts WHERE posts.id = OLD.post_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'reactions are permanent: % refused', TG_OP;
END
$$;

alter table post_reactions alter column post_id drop not null;
update post_reactions set post_id = null
where not exists (select from posts where posts.id = post_reactions.post_id);

alter table post_reactions add primary key (id);
alter table post_reactions drop constraint post_reactions_post_id_fkey;
alter table post_reactions add constraint post_reactions_post_id_fkey
    foreign key (post_id) references posts on delete set null;
create index post_reactions_post_idx on post_reactions (post_id) where post_id is not null;

alter table posts
    add column is_hidden boolean not null default false,
    add column is_deleted boolean not null default false,
    add column moderation_status text not null default 'approved';
alter table users
    add column challenge_penalty_until timestamptz,
    add column boost_penalty_until timestamptz;
alter table credit_txns add column idempotency_key text;
create unique index credit_txns_idempotency_key_idx on credit_txns (idempotency_key) where idempotency_key is not null;
alter table scores add column duration_sec integer;

commit;
