-- Every kind of object that the reader models, in more than one shape each. Loads on PostgreSQL 14 and later.
create schema app;
create schema "We.ird";
create extension pg_trgm;
create extension btree_gist schema app;

create type app.mood as enum ('calm', 'it''s', 'a,b');
create type "We.ird"."En um" as enum ();
create domain app.email as varchar(200) collate "C" default 'nobody' not null
    constraint has_at check (value like '%@%') check (length(value) > 3);
create domain app.positive as numeric(12, 2) check (value > 0);

create sequence app.tickets as int increment 5 minvalue -10 maxvalue 1000 start 5 cache 3 cycle;

create table app.users (
    id bigint generated always as identity primary key,
    handle text collate "C" not null unique,
    email app.email,
    mood app.mood default 'calm',
    kind varchar(20) not null check (kind in ('admin', 'member', 'guest')),
    born date default '2000-01-01',
    tags text[] not null default '{}',
    score numeric(10, 2) default 0.5 check (score between 0 and 100),
    since timestamptz not null default now(),
    shout text generated always as (upper(handle)) stored,
    "Odd ""name""" int,
    json int,
    unique (kind, email) include (score),
    constraint some_or_none check ((born is null) = (mood is null)) no inherit
) with (fillfactor = 70, autovacuum_enabled = false);
alter table app.users alter handle set storage external, alter handle set statistics 500, alter handle set (n_distinct = -1);
alter sequence app.tickets owned by app.users.score;

create table app.posts (
    id serial primary key,
    author bigint references app.users on delete cascade on update restrict,
    reviewer bigint references app.users deferrable initially deferred,
    parent int constraint "Thread" references app.posts on delete set null,
    body text,
    length smallint,
    at tstzrange,
    unique (id, author),
    exclude using gist (author with =, at with &&) where (at is not null) deferrable
);
alter table app.posts enable row level security, force row level security;
alter table app.posts add constraint body_or_length check (body is not null or length > 0) not valid;
create table app.notes (post int, author bigint, foreign key (post, author) references app.posts (id, author) match full);
alter table app.notes add constraint later foreign key (author) references app.users not valid;
alter table app.notes disable trigger all;
alter table app.notes enable row level security;

create index on app.posts (author, id desc nulls last) where body <> '';
create unique index by_lower on app.users (lower(handle) text_pattern_ops, (score * 2), kind collate "C");
create index trgm on app.posts using gin (body gin_trgm_ops) with (fastupdate = off);
create index siglen on app.posts using gist (body gist_trgm_ops (siglen = 64));
create index covering on app.posts using btree (author) include (length) with (fillfactor = 50);
create index brin on app.posts using brin (id) with (pages_per_range = 4);

create table app.events (id bigint, at date not null, area text not null, payload jsonb default '{"a": [1]}')
    partition by range (at);
create table app.events_2026 partition of app.events for values from ('2026-01-01') to ('2027-01-01');
create table app.events_old partition of app.events default partition by list (area);
create table app.events_eu partition of app.events_old for values in ('eu', 'o''dd');
create table app.events_hash (id int primary key) partition by hash (id);
create table app.events_hash_0 partition of app.events_hash for values with (modulus 2, remainder 0);
alter table app.events add primary key (id, at, area);
create index events_by_area on app.events (area, (payload ->> 'a'));

create unlogged table app.cache (key text primary key, value bytea default '\xdead');
create table app.base (id int not null, note text check (note <> ''));
create table app.derived (extra int) inherits (app.base);
create table "We.ird"."Ta.ble" ("Co""l" int primary key, "select" int references "We.ird"."Ta.ble", "имя" text default E'a\\b''c');
create table app.empty ();

create view app.people as select id, handle, coalesce(score, 0) as score, null as nothing from app.users where kind <> 'guest';
create view app.people_of_people with (security_barrier = true) as
    select p.*, (select count(*) from app.posts o where o.author = p.id) as posts from app.people p with local check option;
create recursive view app.threads (id, depth) as
    select id, 0 from app.posts where parent is null
    union all select p.id, t.depth + 1 from app.posts p join threads t on p.parent = t.id;
create materialized view app.totals with (fillfactor = 90) as
    select author, count(*) as n, sum(length) filter (where length > 0) as total from app.posts group by author with no data;
create unique index totals_key on app.totals (author);

create function app.slug(title text, variadic parts text[] default '{}') returns text
    language sql immutable strict parallel safe cost 7 as $$ select lower(title) || array_to_string(parts, '-') $$;
create function app.slug(title int) returns text language sql begin atomic select title::text; end;
create function app.rows(out a int, out b text) returns setof record language plpgsql security definer
    set search_path = app, pg_temp as $$ begin return query select 1, 'x'; end $$;
create function app.older(since date) returns table (id bigint, handle text) language sql stable
    begin atomic select u.id, u.handle from app.users u where u.born < since; end;
create procedure app.tidy(inout n int) language plpgsql as $$ begin n := n + 1; end $$;
create function app.touch() returns trigger language plpgsql as $$ begin new.length := length(new.body); return new; end $$;

create trigger touch before insert or update of body on app.posts for each row
    when (new.body is not null) execute function app.touch();
create trigger each_statement after truncate on app.posts execute function app.touch('an', 'argu''ment');
create constraint trigger checked after insert on app.posts deferrable initially deferred
    for each row execute function app.touch();
create trigger on_parts after insert on app.events for each row execute function app.touch();
create trigger instead instead of insert on app.people for each row execute function app.touch();
alter table app.posts disable trigger each_statement;
alter table app.posts enable always trigger touch;

create type app.address as (street text collate "C", "the number" int, mood app.mood);
create type app.heights as range (subtype = float8, subtype_diff = float8mi, multirange_type_name = app.many_heights);
create type app.words as range (subtype = text, collation = "C", subtype_opclass = text_pattern_ops);
create function app.widen(heights app.heights, address app.address) returns app.many_heights language sql immutable as
    $$ select app.many_heights(heights) $$;
create function app.plus(a int, b int) returns int language sql immutable as $$ select a + b $$;
create aggregate app.summed(int) (sfunc = app.plus, stype = int, initcond = '0', combinefunc = app.plus, parallel = safe);
create aggregate app.number(*) (sfunc = int8inc, stype = bigint, sspace = 8, initcond = '0');
create aggregate app.mean(value float8) (sfunc = float8_accum, stype = float8[], finalfunc = float8_avg,
    initcond = '{0,0,0}', msfunc = float8_accum, minvfunc = float8_accum, mstype = float8[], mfinalfunc = float8_avg,
    minitcond = '{0,0,0}');
create aggregate app.least(anyarray) (sfunc = array_smaller, stype = anyarray, sortop = <);
create aggregate app.at(float8 order by "any") (sfunc = ordered_set_transition, stype = internal,
    finalfunc = percentile_disc_final, finalfunc_extra);
create view app.totalled as select app.summed(score::int) as total, app.mean(score::float8) as mean from app.users;

create policy own on app.posts using (author = any (select id from app.users where handle = current_user))
    with check (author is not null);
create policy "fe""w" on app.posts as restrictive for select to pg_monitor, pg_read_all_data using (id < 50);
create policy "no check" on app.posts for insert with check (body <> '');
create rule quiet as on delete to app.cache do instead nothing;
create rule "kee""p" as on update to app.cache where new.key <> old.key
    do also (insert into app.notes values (1, 2); delete from app.empty);
create rule into_users as on insert to app.totalled do instead nothing;
alter table app.cache disable rule quiet;
create statistics app.together on id, author from app.posts;
create statistics app.printed (mcv) on author, (lower(body)), (id + 1) from app.posts;
alter statistics app.printed set statistics 400;
create function app.stop() returns event_trigger language plpgsql as 'begin end';
create event trigger watch_ddl on ddl_command_end execute function app.stop();
create event trigger "watch tables" on sql_drop when tag in ('DROP TABLE', 'ALTER TABLE') execute function app.stop();
alter event trigger "watch tables" disable;

create publication everything for all tables;
create publication "Some Tables" for table app.posts, only app.notes with (publish = 'insert, delete', publish_via_partition_root);

comment on schema app is 'it''s the schema';
comment on table app.posts is E'two\nlines';
comment on column app.posts.body is 'column';
comment on column app.address."the number" is 'attribute';
comment on constraint posts_pkey on app.posts is 'key';
comment on index app.posts_pkey is 'the key''s index';
comment on index app.trgm is 'index';
comment on constraint positive_check on domain app.positive is 'domain''s';
comment on domain app.positive is 'domain';
comment on type app.mood is 'enum';
comment on type app.address is 'composite';
comment on type app.heights is 'range';
comment on sequence app.tickets is 'sequence';
comment on view app.people is 'view';
comment on column app.people.score is 'view''s';
comment on materialized view app.totals is 'materialized view';
comment on function app.slug(int) is 'function';
comment on procedure app.tidy is 'procedure';
comment on aggregate app.number(*) is 'aggregate';
comment on trigger touch on app.posts is 'trigger';
comment on policy own on app.posts is 'policy';
comment on rule quiet on app.cache is 'rule';
comment on statistics app.together is 'statistics';
comment on event trigger watch_ddl is 'event trigger';
comment on publication everything is 'publication';

do $$ begin
    if not exists (select from pg_roles where rolname = 'sw_case_Wri.ter') then create role "sw_case_Wri.ter"; end if;
end $$;
grant usage, create on schema app to "sw_case_Wri.ter";
grant select, insert on app.posts to "sw_case_Wri.ter" with grant option;
grant update (body), references (body) on app.posts to public;
revoke truncate, delete on app.posts from current_user;
grant select on app.people to "sw_case_Wri.ter";
grant select (score) on app.people to "sw_case_Wri.ter" with grant option;
grant select on app.totals to public;
grant usage on sequence app.tickets to "sw_case_Wri.ter";
revoke execute on function app.slug(int) from public;
grant execute on function app.slug(int) to pg_monitor;
revoke all on procedure app.tidy from current_user, public;
grant execute on function app.number() to pg_monitor;
revoke usage on type app.mood from public;
grant usage on type app.address to pg_monitor;
grant usage on type app.heights to pg_monitor;
revoke usage on domain app.positive from public;
alter table app.notes owner to "sw_case_Wri.ter";
alter view app.people owner to "sw_case_Wri.ter";
alter function app.slug(int) owner to "sw_case_Wri.ter";
alter type app.mood owner to "sw_case_Wri.ter";
alter domain app.positive owner to "sw_case_Wri.ter";
alter statistics app.together owner to "sw_case_Wri.ter";
