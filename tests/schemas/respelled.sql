-- Definitions that PostgreSQL prints otherwise after one dump and reload, or otherwise in another major release.
create table members (
    id int primary key,
    kind varchar(20) check (kind in ('admin', 'member')),
    code char(4) not null check (code <> 'none' and code::text ~ '^[a-z]+$'),
    "json" int check ("json" > 0),
    "system_user" text default current_user,
    name varchar(50),
    joined timestamp default current_timestamp(3),
    day date default 'today'::text::date,
    born interval check (born > '1 day' or born is null),
    lower_name text generated always as (lower(name::text)) stored,
    note text check (trim(both 'x' from note) <> '' and substring(note from 2 for 3) is not null),
    constraint pair check ((id, name) is distinct from (1, 'root')),
    unique (name)
);
create index members_partial on members (kind) where kind in ('admin', 'member') and name is not null;
create index members_expression on members ((kind || '/' || name), (extract(year from joined)));
create table logs (at date not null, level varchar(5)) partition by range (at, lower(level));
create table logs_2026 partition of logs for values from ('2026-01-01', minvalue) to ('2027-01-01', maxvalue);
create table logs_rest partition of logs default;

create view nothing as select null as a, 'text' as b, 1.5 as c, '{}'::jsonb as d;
create view joined as
    select m.*, o.kind as other_kind, count(*) over (partition by m.kind order by m.id) as n,
           exists (select 1 from logs l where l.at = current_date) as today
    from members m left join members o using (id)
    where m.kind = any (array['admin', 'member']) and m.name not like 'x%' escape '!' and m.joined at time zone 'UTC' < now();
create view one as select id, name from members where kind in ('admin', 'member');
create view grouped as
    select kind, extract(epoch from max(joined)) as e, position('a' in max(name)) as p, overlay(max(name) placing 'b' from 1) as o,
           string_agg(name, ',' order by id) filter (where id > 0) as names, percentile_cont(0.5) within group (order by id) as median
    from members group by grouping sets ((kind), ()) having count(*) > 1
    order by kind nulls last fetch first 5 rows with ties;
create view recursive_one as with recursive r (n) as (values (1) union all select n + 1 from r where n < 10)
    cycle n set looped using path
    select n, looped from r, lateral (select n * 2 as twice) x, generate_series(1, n) with ordinality as g (v, o);
create materialized view counted as select kind, count(*) as n from members tablesample bernoulli (50) group by kind;

create function add(a int, b int default 2) returns int language sql immutable return a + b;
create function members_of(wanted varchar) returns setof members language sql stable
    begin atomic select * from members where kind = wanted and kind in ('admin', 'member'); end;
create function check_member() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger check_member before update of name, kind on members for each row
    when (old.kind is distinct from new.kind and new.kind in ('admin', 'member')) execute function check_member();
create domain level as varchar(10) check (value in ('low', 'high')) default 'low';
create table uses_level (l level default 'high', exclude using btree (l with =) where (l in ('low', 'high')));
