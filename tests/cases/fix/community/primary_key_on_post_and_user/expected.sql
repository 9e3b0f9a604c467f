create type reaction_kind as enum ('like', 'love', 'wow');
create table users (id bigint generated always as identity primary key, handle text not null unique);
create table posts (id bigint generated always as identity primary key, author_id bigint not null references users, title text not null);
create table post_reactions (
    id bigserial primary key,
    post_id bigint references posts on delete set null,
    user_id bigint not null references users,
    kind reaction_kind not null
);
create index post_reactions_post_idx on post_reactions (post_id) where post_id is not null;
create index post_reactions_user_idx on post_reactions (user_id);
create function refuse_reaction_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.post_id is null
        and to_jsonb(new) - 'post_id' = to_jsonb(old) - 'post_id'
        and not exists (select from public.posts where posts.id = old.post_id)
    then
        return new;
    end if;
    raise exception 'reactions are permanent: % refused', tg_op;
end
$$;
create trigger reactions_are_permanent
    before update or delete on post_reactions
    for each row execute function refuse_reaction_change();
create view post_reaction_totals as
select posts.id as post_id, count(post_reactions.post_id) as reactions
from posts left join post_reactions on post_reactions.post_id = posts.id
group by posts.id;
