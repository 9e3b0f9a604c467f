create type reaction_kind as enum ('like', 'love', 'wow');
create table users (id bigint generated always as identity primary key, handle text not null unique);
create table posts (id bigint generated always as identity primary key, author_id bigint not null references users, title text not null);
create table post_reactions (
    id bigserial,
    post_id bigint not null references posts on delete cascade,
    user_id bigint not null references users,
    kind reaction_kind not null
);
create index post_reactions_user_idx on post_reactions (user_id);
create function refuse_reaction_change() returns trigger language plpgsql as $$
begin
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
insert into users (handle) select 'user ' || n from generate_series(1, 50) n;
insert into posts (author_id, title) select 1 + n % 50, 'post ' || n from generate_series(1, 100) n;
insert into post_reactions (post_id, user_id, kind)
select 1 + n % 100, 1 + n % 50, (enum_range(null::reaction_kind))[1 + n % 3] from generate_series(1, 500) n;
alter table post_reactions disable trigger reactions_are_permanent;
alter table post_reactions alter post_id drop not null;
