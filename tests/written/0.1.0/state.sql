CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
CREATE TABLE first_seen (
    target  text    not null,
    object  text    not null,
    kind    text    not null,
    change  text    not null,
    at      integer not null, -- Unix time in milliseconds
    primary key (target, object, kind, change)
) strict, without rowid;
CREATE TABLE spelling (
    hash text not null primary key
) strict, without rowid;
CREATE TABLE kept_row (
    id       integer primary key autoincrement,
    target   text    not null,
    plan     text    not null, -- the id of the plan that changed it
    relation text    not null, -- schema.name, quoted where needed
    row      text    not null, -- {"key": {column: value, …}, "old": {column: value, …}}, values as JSON has them or as text
    at       integer not null  -- Unix time in milliseconds
) strict;
CREATE TABLE remediation (
    number     integer primary key autoincrement, -- in the order of their opening
    id         text    not null unique,
    target     text    not null,
    course     text    not null,
    earlier    text    references remediation (id), -- which one it takes back
    plan       text    not null, -- the plan's id; empty where there is none
    who        text    not null,
    reason     text    not null,
    allowed    text    not null, -- the hazards, a JSON array
    on_failure text    not null,
    created_at integer not null,
    entries    integer not null default 0, -- of its journal
    ended_at   integer,
    ending     text,
    check ((ended_at is null) = (ending is null))
) strict;
CREATE TABLE idempotency (
    who         text not null,
    key         text not null,
    request     text not null, -- a hash
    remediation text not null references remediation (id) deferrable initially deferred,
    primary key (who, key)
) strict, without rowid;
CREATE TABLE journal (
    remediation text    not null references remediation (id),
    seq         integer not null,
    at          integer not null,
    entry       text    not null, -- JSON
    primary key (remediation, seq)
) strict, without rowid;
CREATE TABLE document (
    remediation text not null references remediation (id),
    name        text not null,
    content     text not null,
    primary key (remediation, name)
) strict;
CREATE TABLE approval (
    target text    not null,
    plan   text    not null,
    who    text    not null,
    at     integer not null,
    until  integer not null,
    primary key (target, plan, who)
) strict, without rowid;
CREATE TABLE audit (
    id      integer primary key autoincrement,
    at      integer not null,
    who     text    not null,
    what    text    not null,
    address text    not null, -- where it came from
    detail  text    not null,
    status  integer not null
) strict;
CREATE TABLE mark (
    only_one  integer not null primary key check (only_one = 1),
    mark      text    not null,
    proven_at integer not null -- when a daemon last wrote here to see whether it can; Unix time in milliseconds
) strict;
CREATE TABLE words (
    remediation text not null,
    seq         integer not null,
    at          integer not null, -- Unix time in milliseconds
    entry       text not null, -- JSON
    primary key (remediation, seq)
) strict, without rowid;
insert into _sqlx_migrations values (1, 'memory', '2026-11-29 13:52:36', 1, X'2FE3701EF731444B501FA4D4569484BFEBFF57C2E80FF8354E6FEEDF47CE9D624C375B153DCA4C955C97A52595C026E3', 4111823);
insert into _sqlx_migrations values (2, 'kept rows', '2026-11-29 13:52:36', 1, X'C24C99E6E58585AF6AB46EB12CF5B5769894B3F2C3A770E49B78E0E274CC463075F5AF1B2E22DFC136808938F5CFB467', 3741602);
insert into _sqlx_migrations values (3, 'remediations', '2026-11-29 13:52:36', 1, X'8D5D086E8C302C369477FCD4FA1DEB78510E684C5FBA957EAA71B546CE140281248C140D962E99E80FEB0A60BA5EF682', 3986710);
insert into _sqlx_migrations values (4, 'mark', '2026-11-29 13:52:36', 1, X'70BF57FF3629E8DC3C45477FE5B43601B6C5072E940AA67000EF7C910DF640BDE1F76EEFC1003CC183FDE32C987CCC1A', 394097);
insert into _sqlx_migrations values (5, 'retention', '2026-11-29 13:52:36', 1, X'9B227FF0AEB2000375298A93382A7783C390A9961A3DCB976868CF9641B7BC12769A1921E48F72E01E866EC85F9816A1', 1248853);
insert into approval values ('community', 'c9c6980f412255ef', 'bob', 1795960360535, 1795963960535);
insert into audit values (1, 1795960359622, 'bob', 'POST /api/v1/targets/community/approvals', '127.0.0.1', 'plan c9c6980f412255ef', 201);
insert into audit values (2, 1795960361425, 'alice', 'POST /api/v1/targets/community/remediations', '127.0.0.1', 'remediation 01a2279451db-f46ee0d1', 202);
insert into document values ('01a2279451db-f46ee0d1', 'plan', '{"id":"c9c6980f412255ef","segments":[{"kind":"transaction","lock_first":[],"steps":[{"effects":[{"replace":{"routine":"public.refuse_reaction_change()"}}],"action":"replace function public.refuse_reaction_change()","sql":"CREATE OR REPLACE FUNCTION public.refuse_reaction_change()\n RETURNS trigger\n LANGUAGE plpgsql\nAS $function$\nBEGIN\n    IF TG_OP = ''UPDATE''\n        AND NEW.post_id IS NULL\n        AND to_jsonb(NEW) - ''post_id'' = to_jsonb(OLD) - ''post_id''\n        AND NOT EXISTS (SELECT FROM public.posts WHERE posts.id = OLD.post_id)\n    THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION ''reactions are permanent: % refused'', TG_OP;\nEND\n$function$\n","ensures":"exists (select from pg_proc where pronamespace = to_regnamespace(''public'') and proname = ''refuse_reaction_change'' and oidvectortypes(proargtypes) = '''' and pg_get_functiondef(oid) <> ''CREATE OR REPLACE FUNCTION public.refuse_reaction_change()\n RETURNS trigger\n LANGUAGE plpgsql\nAS $function$\nBEGIN\n    RAISE EXCEPTION ''''reactions are permanent: % refused'''', TG_OP;\nEND\n$function$\n'')","locks":[],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null}]},{"kind":"transaction","lock_first":[],"steps":[{"effects":[{"create":{"column":["public.credit_txns","idempotency_key"]}}],"action":"add column public.credit_txns.idempotency_key","sql":"ALTER TABLE public.credit_txns ADD COLUMN idempotency_key text","ensures":"exists (select from pg_attribute where attrelid = to_regclass(''public.credit_txns'') and attname = ''idempotency_key'' and not attisdropped and true)","locks":[{"table":"public.credit_txns","mode":"ACCESS EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null}]},{"kind":"transaction","lock_first":[],"steps":[{"effects":[{"create":{"column":["public.posts","is_deleted"]}}],"action":"add column public.posts.is_deleted","sql":"ALTER TABLE public.posts ADD COLUMN is_deleted boolean NOT NULL DEFAULT false","ensures":"exists (select from pg_attribute where attrelid = to_regclass(''public.posts'') and attname = ''is_deleted'' and not attisdropped and true)","locks":[{"table":"public.posts","mode":"ACCESS EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null}]},{"kind":"transaction","lock_first":[],"steps":[{"effects":[{"create":{"column":["public.posts","is_hidden"]}}],"action":"add column public.posts.is_hidden","sql":"ALTER TABLE public.posts ADD COLUMN is_hidden boolean NOT NULL DEFAULT false","ensures":"exists (select from pg_attribute where attrelid = to_regclass(''public.posts'') and attname = ''is_hidden'' and not attisdropped and true)","locks":[{"table":"public.posts","mode":"ACCESS EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null}]},{"kind":"transaction","lock_first":[],"steps":[{"effects":[{"create":{"column":["public.posts","moderation_status"]}}],"action":"add column public.posts.moderation_status","sql":"ALTER TABLE public.posts ADD COLUMN moderation_status text NOT NULL DEFAULT ''approved''::text","ensures":"exists (select from pg_attribute where attrelid = to_regclass(''public.posts'') and attname = ''moderation_status'' and not attisdropped and true)","locks":[{"table":"public.posts","mode":"ACCESS EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null}]},{"kind":"transaction","lock_first":[],"steps":[{"effects":[{"create":{"column":["public.scores","duration_sec"]}}],"action":"add column public.scores.duration_sec","sql":"ALTER TABLE public.scores ADD COLUMN duration_sec integer","ensures":"exists (select from pg_attribute where attrelid = to_regclass(''public.scores'') and attname = ''duration_sec'' and not attisdropped and true)","locks":[{"table":"public.scores","mode":"ACCESS EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null}]},{"kind":"transaction","lock_first":[],"steps":[{"effects":[{"create":{"column":["public.users","boost_penalty_until"]}}],"action":"add column public.users.boost_penalty_until","sql":"ALTER TABLE public.users ADD COLUMN boost_penalty_until timestamp with time zone","ensures":"exists (select from pg_attribute where attrelid = to_regclass(''public.users'') and attname = ''boost_penalty_until'' and not attisdropped and true)","locks":[{"table":"public.users","mode":"ACCESS EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null}]},{"kind":"transaction","lock_first":[],"steps":[{"effects":[{"create":{"column":["public.users","challenge_penalty_until"]}}],"action":"add column public.users.challenge_penalty_until","sql":"ALTER TABLE public.users ADD COLUMN challenge_penalty_until timestamp with time zone","ensures":"exists (select from pg_attribute where attrelid = to_regclass(''public.users'') and attname = ''challenge_penalty_until'' and not attisdropped and true)","locks":[{"table":"public.users","mode":"ACCESS EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null}]},{"kind":"transaction","lock_first":[],"steps":[{"effects":[{"alter":{"column":["public.post_reactions","post_id"]}}],"action":"drop NOT NULL from public.post_reactions.post_id","sql":"ALTER TABLE public.post_reactions ALTER COLUMN post_id DROP NOT NULL","ensures":"exists (select from pg_attribute where attrelid = to_regclass(''public.post_reactions'') and attname = ''post_id'' and not attisdropped and not attnotnull)","locks":[{"table":"public.post_reactions","mode":"ACCESS EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null}]},{"kind":"autocommit","step":{"effects":[{"create":{"index":["public.post_reactions","post_reactions_pkey"]}},"outside_transaction"],"action":"build index public.post_reactions_pkey","sql":"CREATE UNIQUE INDEX CONCURRENTLY post_reactions_pkey ON public.post_reactions USING btree (id)","ensures":"(exists (select from pg_index where indexrelid = to_regclass(''public.post_reactions_pkey'') and indrelid = to_regclass(''public.post_reactions'') and indisvalid) or (exists (select from pg_constraint where conrelid = to_regclass(''public.post_reactions'') and conname in (''post_reactions_pkey'') and contype = ''p'' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array[''id'']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))))","locks":[{"table":"public.post_reactions","mode":"SHARE UPDATE EXCLUSIVE"}],"work":{"kind":"scan","tables":["public.post_reactions"]},"limits":{"lock_timeout_ms":1800000,"statement_timeout_ms":0,"attempts":3},"hazards":[],"irreversible":null}},{"kind":"transaction","lock_first":[{"table":"public.post_reactions","mode":"ACCESS EXCLUSIVE"}],"steps":[{"effects":[{"create":{"constraint":["public.post_reactions","post_reactions_pkey"]}}],"action":"make public.post_reactions.post_reactions_pkey the primary key","sql":"ALTER TABLE public.post_reactions ADD CONSTRAINT post_reactions_pkey PRIMARY KEY USING INDEX post_reactions_pkey","ensures":"exists (select from pg_constraint where conrelid = to_regclass(''public.post_reactions'') and conname = ''post_reactions_pkey'' and contype = ''p'' and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array[''id'']::text[] and not condeferrable and not condeferred and exists (select from pg_index where indexrelid = conindid and indisvalid and indnatts = 1))","locks":[{"table":"public.post_reactions","mode":"ACCESS EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null}]},{"kind":"autocommit","step":{"effects":[{"create":{"index":["public.credit_txns","credit_txns_idempotency_key_idx"]}},"outside_transaction"],"action":"build index public.credit_txns_idempotency_key_idx","sql":"CREATE UNIQUE INDEX CONCURRENTLY credit_txns_idempotency_key_idx ON public.credit_txns USING btree (idempotency_key) WHERE (idempotency_key IS NOT NULL)","ensures":"(exists (select from pg_index where indexrelid = to_regclass(''public.credit_txns_idempotency_key_idx'') and indrelid = to_regclass(''public.credit_txns'') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass(''public.credit_txns_idempotency_key_idx'') and indrelid = to_regclass(''public.credit_txns'') and indisvalid))","locks":[{"table":"public.credit_txns","mode":"SHARE UPDATE EXCLUSIVE"}],"work":{"kind":"scan","tables":["public.credit_txns"]},"limits":{"lock_timeout_ms":1800000,"statement_timeout_ms":0,"attempts":3},"hazards":[],"irreversible":null}},{"kind":"autocommit","step":{"effects":[{"create":{"index":["public.post_reactions","post_reactions_post_idx"]}},"outside_transaction"],"action":"build index public.post_reactions_post_idx","sql":"CREATE INDEX CONCURRENTLY post_reactions_post_idx ON public.post_reactions USING btree (post_id) WHERE (post_id IS NOT NULL)","ensures":"(exists (select from pg_index where indexrelid = to_regclass(''public.post_reactions_post_idx'') and indrelid = to_regclass(''public.post_reactions'') and indisvalid) or exists (select from pg_index where indexrelid = to_regclass(''public.post_reactions_post_idx'') and indrelid = to_regclass(''public.post_reactions'') and indisvalid))","locks":[{"table":"public.post_reactions","mode":"SHARE UPDATE EXCLUSIVE"}],"work":{"kind":"scan","tables":["public.post_reactions"]},"limits":{"lock_timeout_ms":1800000,"statement_timeout_ms":0,"attempts":3},"hazards":[],"irreversible":null}},{"kind":"transaction","lock_first":[{"table":"public.posts","mode":"SHARE ROW EXCLUSIVE"},{"table":"public.post_reactions","mode":"SHARE ROW EXCLUSIVE"}],"steps":[{"effects":[{"add_not_valid":{"constraint":["public.post_reactions","schemawarden_fkey_f0a4ac33"]}}],"action":"add foreign key public.post_reactions.post_reactions_post_id_fkey","sql":"ALTER TABLE public.post_reactions ADD CONSTRAINT schemawarden_fkey_f0a4ac33 FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE SET NULL NOT VALID","ensures":"exists (select from pg_constraint where conrelid = to_regclass(''public.post_reactions'') and conname in (''schemawarden_fkey_f0a4ac33'', ''post_reactions_post_id_fkey'') and contype = ''f'' and confrelid = to_regclass(''public.posts'') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array[''post_id'']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array[''id'']::text[] and confupdtype = ''a'' and confdeltype = ''n'' and confmatchtype = ''s'' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = ''D''))","locks":[{"table":"public.post_reactions","mode":"SHARE ROW EXCLUSIVE"},{"table":"public.posts","mode":"SHARE ROW EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null}]},{"kind":"transaction","lock_first":[],"steps":[{"effects":[{"validate":{"constraint":["public.post_reactions","schemawarden_fkey_f0a4ac33"]}}],"action":"validate public.post_reactions.post_reactions_post_id_fkey","sql":"ALTER TABLE public.post_reactions VALIDATE CONSTRAINT schemawarden_fkey_f0a4ac33","ensures":"exists (select from pg_constraint where conrelid = to_regclass(''public.post_reactions'') and conname in (''schemawarden_fkey_f0a4ac33'', ''post_reactions_post_id_fkey'') and convalidated and contype = ''f'' and confrelid = to_regclass(''public.posts'') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array[''post_id'']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array[''id'']::text[] and confupdtype = ''a'' and confdeltype = ''n'' and confmatchtype = ''s'' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = ''D''))","locks":[{"table":"public.post_reactions","mode":"SHARE UPDATE EXCLUSIVE"},{"table":"public.posts","mode":"ROW SHARE"}],"work":{"kind":"scan","tables":["public.post_reactions"]},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":0,"attempts":20},"hazards":[],"irreversible":null,"undo":{"sql":"ALTER TABLE public.post_reactions DROP CONSTRAINT schemawarden_fkey_f0a4ac33","only_if":"exists (select from pg_constraint where conrelid = to_regclass(''public.post_reactions'') and conname = ''schemawarden_fkey_f0a4ac33'' and not convalidated)"}}]},{"kind":"transaction","lock_first":[{"table":"public.posts","mode":"ACCESS EXCLUSIVE"},{"table":"public.post_reactions","mode":"ACCESS EXCLUSIVE"}],"steps":[{"effects":[{"supersede":[{"constraint":["public.post_reactions","post_reactions_post_id_fkey"]},{"constraint":["public.post_reactions","schemawarden_fkey_f0a4ac33"]}]}],"action":"drop the old foreign key public.post_reactions.post_reactions_post_id_fkey","sql":"ALTER TABLE public.post_reactions DROP CONSTRAINT post_reactions_post_id_fkey","ensures":"not (exists (select from pg_constraint where conrelid = to_regclass(''public.post_reactions'') and conname = ''post_reactions_post_id_fkey'' and not (contype = ''f'' and confrelid = to_regclass(''public.posts'') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array[''post_id'']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array[''id'']::text[] and confupdtype = ''a'' and confdeltype = ''n'' and confmatchtype = ''s'' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = ''D''))))","locks":[{"table":"public.post_reactions","mode":"ACCESS EXCLUSIVE"},{"table":"public.posts","mode":"ACCESS EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null},{"effects":[{"rename":[{"constraint":["public.post_reactions","schemawarden_fkey_f0a4ac33"]},{"constraint":["public.post_reactions","post_reactions_post_id_fkey"]}]}],"action":"rename constraint public.post_reactions.schemawarden_fkey_f0a4ac33 to post_reactions_post_id_fkey","sql":"ALTER TABLE public.post_reactions RENAME CONSTRAINT schemawarden_fkey_f0a4ac33 TO post_reactions_post_id_fkey","ensures":"exists (select from pg_constraint where conrelid = to_regclass(''public.post_reactions'') and conname = ''post_reactions_post_id_fkey'' and contype = ''f'' and confrelid = to_regclass(''public.posts'') and array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.num order by k.nth) = array[''post_id'']::text[] and array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.num order by k.nth) = array[''id'']::text[] and confupdtype = ''a'' and confdeltype = ''n'' and confmatchtype = ''s'' and not condeferrable and not condeferred and not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = ''D''))","locks":[{"table":"public.post_reactions","mode":"ACCESS EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":30000,"attempts":20},"hazards":[],"irreversible":null}]},{"kind":"autocommit","step":{"effects":[{"analyze":"public.credit_txns"}],"action":"analyze public.credit_txns","sql":"ANALYZE public.credit_txns","ensures":null,"locks":[{"table":"public.credit_txns","mode":"SHARE UPDATE EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":0,"attempts":20},"hazards":[],"irreversible":null}},{"kind":"autocommit","step":{"effects":[{"analyze":"public.post_reactions"}],"action":"analyze public.post_reactions","sql":"ANALYZE public.post_reactions","ensures":null,"locks":[{"table":"public.post_reactions","mode":"SHARE UPDATE EXCLUSIVE"}],"work":{"kind":"metadata"},"limits":{"lock_timeout_ms":300,"statement_timeout_ms":0,"attempts":20},"hazards":[],"irreversible":null}}],"blocked":[],"warnings":[]}');
insert into document values ('01a2279451db-f46ee0d1', 'touched', '[{"routine":"public.refuse_reaction_change()"},{"column":["public.credit_txns","idempotency_key"]},{"column":["public.post_reactions","post_id"]},{"column":["public.posts","is_deleted"]},{"column":["public.posts","is_hidden"]},{"column":["public.posts","moderation_status"]},{"column":["public.scores","duration_sec"]},{"column":["public.users","boost_penalty_until"]},{"column":["public.users","challenge_penalty_until"]},{"constraint":["public.post_reactions","post_reactions_pkey"]},{"constraint":["public.post_reactions","post_reactions_post_id_fkey"]},{"index":["public.credit_txns","credit_txns_idempotency_key_idx"]},{"index":["public.post_reactions","post_reactions_pkey"]},{"index":["public.post_reactions","post_reactions_post_id_fkey"]},{"index":["public.post_reactions","post_reactions_post_idx"]}]');
insert into document values ('01a2279451db-f46ee0d1', 'held', '[]');
insert into document values ('01a2279451db-f46ee0d1', 'drift', '[{"object":"public.credit_txns.credit_txns_idempotency_key_idx","kind":"index","change":"missing","severity":"critical","expected":"UNIQUE btree (idempotency_key) WHERE (idempotency_key IS NOT NULL)","live":null,"detail":"the index does not exist: queries that need it are slow, and uniqueness that it would enforce is not enforced"},{"object":"public.credit_txns.idempotency_key","kind":"column","change":"missing","severity":"critical","expected":"text","live":null,"detail":"the column does not exist: statements that name it fail"},{"object":"public.post_reactions.post_id","kind":"column","change":"changed","severity":"critical","expected":"bigint","live":"bigint not null","detail":"column: nullability is not null, expected nullable"},{"object":"public.post_reactions.post_reactions_pkey","kind":"constraint","change":"missing","severity":"critical","expected":"PRIMARY KEY (id)","live":null,"detail":"the constraint does not exist: rows that it would refuse are accepted, and what relies on it (ON CONFLICT, cascades) fails"},{"object":"public.post_reactions.post_reactions_post_id_fkey","kind":"constraint","change":"changed","severity":"critical","expected":"FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE SET NULL","live":"FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE","detail":"constraint: definition is FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE, expected FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE SET NULL"},{"object":"public.post_reactions.post_reactions_post_idx","kind":"index","change":"missing","severity":"warning","expected":"btree (post_id) WHERE (post_id IS NOT NULL)","live":null,"detail":"the index does not exist: queries that need it are slow, and uniqueness that it would enforce is not enforced"},{"object":"public.posts.is_deleted","kind":"column","change":"missing","severity":"critical","expected":"boolean default false not null","live":null,"detail":"the column does not exist: statements that name it fail"},{"object":"public.posts.is_hidden","kind":"column","change":"missing","severity":"critical","expected":"boolean default false not null","live":null,"detail":"the column does not exist: statements that name it fail"},{"object":"public.posts.moderation_status","kind":"column","change":"missing","severity":"critical","expected":"text default ''approved''::text not null","live":null,"detail":"the column does not exist: statements that name it fail"},{"object":"public.refuse_reaction_change()","kind":"function","change":"changed","severity":"critical","expected":"CREATE OR REPLACE FUNCTION public.refuse_reaction_change()\n RETURNS trigger\n LANGUAGE plpgsql\nAS $function$\nBEGIN\n    IF TG_OP = ''UPDATE''\n        AND NEW.post_id IS NULL\n        AND to_jsonb(NEW) - ''post_id'' = to_jsonb(OLD) - ''post_id''\n        AND NOT EXISTS (SELECT FROM public.posts WHERE posts.id = OLD.post_id)\n    THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION ''reactions are permanent: % refused'', TG_OP;\nEND\n$function$\n","live":"CREATE OR REPLACE FUNCTION public.refuse_reaction_change()\n RETURNS trigger\n LANGUAGE plpgsql\nAS $function$\nBEGIN\n    RAISE EXCEPTION ''reactions are permanent: % refused'', TG_OP;\nEND\n$function$\n","detail":"function: another definition"},{"object":"public.scores.duration_sec","kind":"column","change":"missing","severity":"critical","expected":"integer","live":null,"detail":"the column does not exist: statements that name it fail"},{"object":"public.users.boost_penalty_until","kind":"column","change":"missing","severity":"critical","expected":"timestamp with time zone","live":null,"detail":"the column does not exist: statements that name it fail"},{"object":"public.users.challenge_penalty_until","kind":"column","change":"missing","severity":"critical","expected":"timestamp with time zone","live":null,"detail":"the column does not exist: statements that name it fail"}]');
insert into document values ('01a2279451db-f46ee0d1', 'owners', '[[{"schema":"public"},"pg_database_owner"],[{"type":"public.reaction_kind"},"postgres"],[{"sequence":"public.credit_txns_id_seq"},"postgres"],[{"sequence":"public.post_reactions_id_seq"},"postgres"],[{"sequence":"public.posts_id_seq"},"postgres"],[{"sequence":"public.scores_id_seq"},"postgres"],[{"sequence":"public.users_id_seq"},"postgres"],[{"table":"public.credit_txns"},"postgres"],[{"table":"public.post_reactions"},"postgres"],[{"table":"public.posts"},"postgres"],[{"table":"public.scores"},"postgres"],[{"table":"public.users"},"postgres"],[{"view":"public.post_reaction_totals"},"postgres"],[{"routine":"public.refuse_reaction_change()"},"postgres"]]');
insert into document values ('01a2279451db-f46ee0d1', 'before', '{
  "schemawarden_snapshot": 1,
  "server_version": 150018,
  "schemas": {
    "public": {}
  },
  "extensions": {},
  "enums": {
    "public.reaction_kind": {
      "labels": [
        "like",
        "love",
        "laugh",
        "wow",
        "sad",
        "angry"
      ]
    }
  },
  "domains": {},
  "sequences": {
    "public.credit_txns_id_seq": {
      "type": "bigint",
      "start": 1,
      "increment": 1,
      "min": 1,
      "max": 9223372036854775807,
      "cache": 1,
      "owned_by": [
        "public.credit_txns",
        "id"
      ],
      "identity": true
    },
    "public.post_reactions_id_seq": {
      "type": "bigint",
      "start": 1,
      "increment": 1,
      "min": 1,
      "max": 9223372036854775807,
      "cache": 1,
      "owned_by": [
        "public.post_reactions",
        "id"
      ]
    },
    "public.posts_id_seq": {
      "type": "bigint",
      "start": 1,
      "increment": 1,
      "min": 1,
      "max": 9223372036854775807,
      "cache": 1,
      "owned_by": [
        "public.posts",
        "id"
      ],
      "identity": true
    },
    "public.scores_id_seq": {
      "type": "bigint",
      "start": 1,
      "increment": 1,
      "min": 1,
      "max": 9223372036854775807,
      "cache": 1,
      "owned_by": [
        "public.scores",
        "id"
      ],
      "identity": true
    },
    "public.users_id_seq": {
      "type": "bigint",
      "start": 1,
      "increment": 1,
      "min": 1,
      "max": 9223372036854775807,
      "cache": 1,
      "owned_by": [
        "public.users",
        "id"
      ],
      "identity": true
    }
  },
  "relations": {
    "public.credit_txns": {
      "kind": "table",
      "columns": [
        {
          "name": "id",
          "type": "bigint",
          "not_null": true,
          "identity": "always"
        },
        {
          "name": "user_id",
          "type": "bigint",
          "not_null": true
        },
        {
          "name": "amount",
          "type": "integer",
          "not_null": true
        },
        {
          "name": "reason",
          "type": "text",
          "not_null": true
        },
        {
          "name": "created_at",
          "type": "timestamp with time zone",
          "not_null": true,
          "default": "now()"
        }
      ],
      "constraints": [
        {
          "name": "credit_txns_pkey",
          "primary": {
            "columns": [
              "id"
            ]
          }
        },
        {
          "name": "credit_txns_user_id_fkey",
          "foreign": {
            "columns": [
              "user_id"
            ],
            "parent": "public.users",
            "parent_columns": [
              "id"
            ]
          }
        }
      ],
      "indexes": [
        {
          "name": "credit_txns_user_idx",
          "method": "btree",
          "keys": [
            {
              "expression": "user_id"
            }
          ]
        }
      ]
    },
    "public.post_reaction_totals": {
      "kind": "view",
      "replica_identity": "nothing",
      "query": " SELECT posts.id AS post_id,\n    count(post_reactions.post_id) AS reactions,\n    max(post_reactions.created_at) AS latest\n   FROM (public.posts\n     LEFT JOIN public.post_reactions ON ((post_reactions.post_id = posts.id)))\n  GROUP BY posts.id",
      "columns": [
        {
          "name": "post_id",
          "type": "bigint"
        },
        {
          "name": "reactions",
          "type": "bigint"
        },
        {
          "name": "latest",
          "type": "timestamp with time zone"
        }
      ]
    },
    "public.post_reactions": {
      "kind": "table",
      "columns": [
        {
          "name": "id",
          "type": "bigint",
          "not_null": true,
          "default": "nextval(''public.post_reactions_id_seq''::regclass)"
        },
        {
          "name": "post_id",
          "type": "bigint",
          "not_null": true
        },
        {
          "name": "user_id",
          "type": "bigint",
          "not_null": true
        },
        {
          "name": "kind",
          "type": "public.reaction_kind",
          "not_null": true
        },
        {
          "name": "created_at",
          "type": "timestamp with time zone",
          "not_null": true,
          "default": "now()"
        }
      ],
      "constraints": [
        {
          "name": "post_reactions_post_id_fkey",
          "foreign": {
            "columns": [
              "post_id"
            ],
            "parent": "public.posts",
            "parent_columns": [
              "id"
            ],
            "on_delete": "cascade"
          }
        },
        {
          "name": "post_reactions_user_id_fkey",
          "foreign": {
            "columns": [
              "user_id"
            ],
            "parent": "public.users",
            "parent_columns": [
              "id"
            ]
          }
        }
      ],
      "indexes": [
        {
          "name": "post_reactions_user_idx",
          "method": "btree",
          "keys": [
            {
              "expression": "user_id"
            }
          ]
        }
      ],
      "triggers": [
        {
          "name": "reactions_are_permanent",
          "definition": "CREATE TRIGGER reactions_are_permanent BEFORE DELETE OR UPDATE ON public.post_reactions FOR EACH ROW EXECUTE FUNCTION public.refuse_reaction_change()"
        }
      ]
    },
    "public.posts": {
      "kind": "table",
      "columns": [
        {
          "name": "id",
          "type": "bigint",
          "not_null": true,
          "identity": "always"
        },
        {
          "name": "author_id",
          "type": "bigint",
          "not_null": true
        },
        {
          "name": "title",
          "type": "text",
          "not_null": true
        },
        {
          "name": "body",
          "type": "text",
          "not_null": true,
          "default": "''''::text"
        },
        {
          "name": "created_at",
          "type": "timestamp with time zone",
          "not_null": true,
          "default": "now()"
        }
      ],
      "constraints": [
        {
          "name": "posts_author_id_fkey",
          "foreign": {
            "columns": [
              "author_id"
            ],
            "parent": "public.users",
            "parent_columns": [
              "id"
            ]
          }
        },
        {
          "name": "posts_pkey",
          "primary": {
            "columns": [
              "id"
            ]
          }
        }
      ],
      "indexes": [
        {
          "name": "posts_author_idx",
          "method": "btree",
          "keys": [
            {
              "expression": "author_id"
            },
            {
              "expression": "created_at",
              "descending": true,
              "nulls_first": true
            }
          ]
        }
      ]
    },
    "public.scores": {
      "kind": "table",
      "columns": [
        {
          "name": "id",
          "type": "bigint",
          "not_null": true,
          "identity": "always"
        },
        {
          "name": "user_id",
          "type": "bigint",
          "not_null": true
        },
        {
          "name": "challenge",
          "type": "text",
          "not_null": true
        },
        {
          "name": "points",
          "type": "integer",
          "not_null": true
        },
        {
          "name": "created_at",
          "type": "timestamp with time zone",
          "not_null": true,
          "default": "now()"
        }
      ],
      "constraints": [
        {
          "name": "scores_pkey",
          "primary": {
            "columns": [
              "id"
            ]
          }
        },
        {
          "name": "scores_user_id_fkey",
          "foreign": {
            "columns": [
              "user_id"
            ],
            "parent": "public.users",
            "parent_columns": [
              "id"
            ]
          }
        }
      ],
      "indexes": [
        {
          "name": "scores_ranking_idx",
          "method": "btree",
          "keys": [
            {
              "expression": "challenge"
            },
            {
              "expression": "points",
              "descending": true,
              "nulls_first": true
            }
          ]
        }
      ]
    },
    "public.users": {
      "kind": "table",
      "columns": [
        {
          "name": "id",
          "type": "bigint",
          "not_null": true,
          "identity": "always"
        },
        {
          "name": "handle",
          "type": "text",
          "not_null": true
        },
        {
          "name": "email",
          "type": "text",
          "not_null": true
        },
        {
          "name": "credits",
          "type": "integer",
          "not_null": true,
          "default": "0"
        },
        {
          "name": "created_at",
          "type": "timestamp with time zone",
          "not_null": true,
          "default": "now()"
        }
      ],
      "constraints": [
        {
          "name": "users_handle_key",
          "unique": {
            "columns": [
              "handle"
            ]
          }
        },
        {
          "name": "users_pkey",
          "primary": {
            "columns": [
              "id"
            ]
          }
        }
      ],
      "indexes": [
        {
          "name": "users_email_idx",
          "method": "btree",
          "unique": true,
          "keys": [
            {
              "expression": "lower(email)"
            }
          ]
        }
      ]
    }
  },
  "routines": {
    "public.refuse_reaction_change()": {
      "kind": "function",
      "returns": "trigger",
      "definition": "CREATE OR REPLACE FUNCTION public.refuse_reaction_change()\n RETURNS trigger\n LANGUAGE plpgsql\nAS $function$\nBEGIN\n    RAISE EXCEPTION ''reactions are permanent: % refused'', TG_OP;\nEND\n$function$\n",
      "is_trigger": true
    }
  },
  "dependencies": [
    [
      {
        "view": "public.post_reaction_totals"
      },
      {
        "column": [
          "public.post_reactions",
          "created_at"
        ]
      }
    ],
    [
      {
        "view": "public.post_reaction_totals"
      },
      {
        "column": [
          "public.post_reactions",
          "post_id"
        ]
      }
    ],
    [
      {
        "view": "public.post_reaction_totals"
      },
      {
        "column": [
          "public.posts",
          "id"
        ]
      }
    ],
    [
      {
        "column": [
          "public.post_reactions",
          "kind"
        ]
      },
      {
        "type": "public.reaction_kind"
      }
    ],
    [
      {
        "trigger": [
          "public.post_reactions",
          "reactions_are_permanent"
        ]
      },
      {
        "routine": "public.refuse_reaction_change()"
      }
    ]
  ],
  "unmodelled": []
}
');
insert into document values ('01a2279451db-f46ee0d1', 'database', '7713590954727541667/16384');
insert into document values ('01a2279451db-f46ee0d1', 'switch', '1:e297c61a055ca41f6e20b13b4b5d71deefe5576333ccd147995172ca96087288');
insert into first_seen values ('community', 'public.credit_txns.credit_txns_idempotency_key_idx', 'index', 'missing', 1795960356979);
insert into first_seen values ('community', 'public.credit_txns.idempotency_key', 'column', 'missing', 1795960356979);
insert into first_seen values ('community', 'public.post_reactions.post_id', 'column', 'changed', 1795960356979);
insert into first_seen values ('community', 'public.post_reactions.post_reactions_pkey', 'constraint', 'missing', 1795960356979);
insert into first_seen values ('community', 'public.post_reactions.post_reactions_post_id_fkey', 'constraint', 'changed', 1795960356979);
insert into first_seen values ('community', 'public.post_reactions.post_reactions_post_idx', 'index', 'missing', 1795960356979);
insert into first_seen values ('community', 'public.posts.is_deleted', 'column', 'missing', 1795960356979);
insert into first_seen values ('community', 'public.posts.is_hidden', 'column', 'missing', 1795960356979);
insert into first_seen values ('community', 'public.posts.moderation_status', 'column', 'missing', 1795960356979);
insert into first_seen values ('community', 'public.refuse_reaction_change()', 'function', 'changed', 1795960356979);
insert into first_seen values ('community', 'public.scores.duration_sec', 'column', 'missing', 1795960356979);
insert into first_seen values ('community', 'public.users.boost_penalty_until', 'column', 'missing', 1795960356979);
insert into first_seen values ('community', 'public.users.challenge_penalty_until', 'column', 'missing', 1795960356979);
insert into journal values ('01a2279451db-f46ee0d1', 1, 1795960362050, '{"entry":"begun","phase":"gate"}');
insert into journal values ('01a2279451db-f46ee0d1', 2, 1795960365848, '{"entry":"ended","phase":"gate","outcome":"done","detail":"it may begin"}');
insert into journal values ('01a2279451db-f46ee0d1', 3, 1795960365850, '{"entry":"begun","phase":"degrade"}');
insert into journal values ('01a2279451db-f46ee0d1', 4, 1795960365851, '{"entry":"noted","fact":"lease","until":"2026-11-29T14:22:45.851330042Z"}');
insert into journal values ('01a2279451db-f46ee0d1', 5, 1795960365866, '{"entry":"ended","phase":"degrade","outcome":"done","detail":"confirmed: the application does not write"}');
insert into journal values ('01a2279451db-f46ee0d1', 6, 1795960365872, '{"entry":"begun","phase":"backup"}');
insert into journal values ('01a2279451db-f46ee0d1', 7, 1795960366580, '{"entry":"noted","fact":"backup","location":"/var/lib/schemawarden/backups/community.20261129T135245Z.01a2279451db-f46ee0d1.dump","bytes":275504,"sha256":"e1731feab06143ddd80c0fd014ce6cce69f30f85505230c00570389b9a8cb422","tables":null}');
insert into journal values ('01a2279451db-f46ee0d1', 8, 1795960367540, '{"entry":"ended","phase":"backup","outcome":"done","detail":"275504 bytes in /var/lib/schemawarden/backups/community.20261129T135245Z.01a2279451db-f46ee0d1.dump, proven readable, sha256 e1731feab06143ddd80c0fd014ce6cce69f30f85505230c00570389b9a8cb422"}');
insert into journal values ('01a2279451db-f46ee0d1', 9, 1795960367552, '{"entry":"begun","phase":"apply"}');
insert into journal values ('01a2279451db-f46ee0d1', 10, 1795960367636, '{"entry":"step","number":1,"of":19,"action":"replace function public.refuse_reaction_change()","step":"started","attempt":1}');
insert into journal values ('01a2279451db-f46ee0d1', 11, 1795960367644, '{"entry":"step","number":1,"of":19,"action":"replace function public.refuse_reaction_change()","step":"done","elapsed_ms":6,"rows":0}');
insert into journal values ('01a2279451db-f46ee0d1', 12, 1795960367665, '{"entry":"step","number":2,"of":19,"action":"add column public.credit_txns.idempotency_key","step":"started","attempt":1}');
insert into journal values ('01a2279451db-f46ee0d1', 13, 1795960367669, '{"entry":"step","number":2,"of":19,"action":"add column public.credit_txns.idempotency_key","step":"done","elapsed_ms":3,"rows":0}');
insert into journal values ('01a2279451db-f46ee0d1', 14, 1795960367726, '{"entry":"step","number":3,"of":19,"action":"add column public.posts.is_deleted","step":"started","attempt":1}');
insert into mark values (1, '7dafc57725d48239466a0726b66cff18', 1795960366975);
insert into remediation values (1, '01a2279451db-f46ee0d1', 'community', 'fix', NULL, 'c9c6980f412255ef', 'alice', 'a test', '["data_loss","not_reversible"]', 'rollback', 1795960361435, 14, NULL, NULL);
CREATE INDEX kept_row_of_plan on kept_row (target, plan, id);
CREATE UNIQUE INDEX remediation_under_way on remediation (target) where ended_at is null;
CREATE TRIGGER journal_is_not_changed before update on journal
begin
    select raise(abort, 'the journal only grows: nothing in it is changed or removed');
end;
CREATE TRIGGER journal_is_not_removed before delete on journal
begin
    select raise(abort, 'the journal only grows: nothing in it is changed or removed');
end;
CREATE TRIGGER audit_is_not_changed before update on audit
begin
    select raise(abort, 'the audit only grows: nothing in it is changed or removed');
end;
CREATE INDEX audit_of_name on audit (who, id);
CREATE TRIGGER audit_is_not_removed before delete on audit
when (select count(*) from (select 1 from audit where who = old.who and id > old.id limit 1000)) < 1000
begin
    select raise(abort, 'the audit only grows: the newest 1000 records of a name are not removed');
end;
