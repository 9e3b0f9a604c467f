create table p (id bigint primary key);
create table t (
    id bigserial primary key,
    p bigint default 1 constraint t_p_key unique references p on delete set null,
    constraint positive check (p > 0)
);
create index t_p_idx on t (p, id) where p > 10;
create statistics t_stat on id, p from t;
create view v as select p from t;
create function f() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger g before update of p on t for each row execute function f();
comment on column t.p is 'the parent';
