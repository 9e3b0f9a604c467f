-- The community database in production before it was fixed: the schema that the application has outgrown, and rows that
-- show what this costs. Load it into an empty database, as a superuser (one statement disables triggers).
--
-- It differs from expected.sql in this, and in nothing else:
--   post_reactions   no primary key; post_id NOT NULL, its foreign key ON DELETE CASCADE; no index on post_id;
--                    the trigger refuses every UPDATE and DELETE, and so makes posts with reactions undeletable
--   posts            no is_hidden, is_deleted, moderation_status
--   users            no challenge_penalty_until, boost_penalty_until
--   credit_txns      no idempotency_key, and so no index that makes it unique
--   scores           no duration_sec
--
-- The rows are the same at every load, except for their times: 200 users (3 with a negative balance), 1,995 posts,
-- 20,000 reactions (36 of them dangling), 2,206 credit transactions, 3,000 scores.
-- Locks: none that matter, everything here is new. Cost: under a second. Least server version: 14.

CREATE TYPE reaction_kind AS ENUM ('like', 'love', 'laugh', 'wow', 'sad', 'angry');

CREATE TABLE users (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    handle      text NOT NULL UNIQUE,
    email       text NOT NULL,
    credits     integer NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX users_email_idx ON users (lower(email));

CREATE TABLE posts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id   bigint NOT NULL REFERENCES users,
    title       text NOT NULL,
    body        text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX posts_author_idx ON posts (author_id, created_at DESC);

CREATE TABLE post_reactions (
    id          bigserial,
    post_id     bigint NOT NULL REFERENCES posts ON DELETE CASCADE,
    user_id     bigint NOT NULL REFERENCES users,
    kind        reaction_kind NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX post_reactions_user_idx ON post_reactions (user_id);

CREATE FUNCTION refuse_reaction_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'reactions are permanent: % refused', TG_OP;
END
$$;

CREATE TRIGGER reactions_are_permanent
    BEFORE UPDATE OR DELETE ON post_reactions
    FOR EACH ROW EXECUTE FUNCTION refuse_reaction_change();

CREATE VIEW post_reaction_totals AS
SELECT posts.id AS post_id, count(post_reactions.post_id) AS reactions, max(post_reactions.created_at) AS latest
FROM posts
LEFT JOIN post_reactions ON post_reactions.post_id = posts.id
GROUP BY posts.id;

CREATE TABLE credit_txns (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     bigint NOT NULL REFERENCES users,
    amount      integer NOT NULL,
    reason      text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX credit_txns_user_idx ON credit_txns (user_id);

CREATE TABLE scores (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     bigint NOT NULL REFERENCES users,
    challenge   text NOT NULL,
    points      integer NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX scores_ranking_idx ON scores (challenge, points DESC);

-- The rows. Multiplying by a prime and taking the remainder distributes them without randomness.

INSERT INTO users (handle, email, created_at)
SELECT handle, handle || '@example.com', now() - interval '400 days' + n * interval '1 day'
FROM generate_series(1, 200) AS n,
    LATERAL (
        SELECT (ARRAY['ada', 'alan', 'barbara', 'edsger', 'frances', 'grace', 'jean', 'ken', 'margaret', 'tony'])
            [1 + n % 10] || '_' || n AS handle
    ) AS named
ORDER BY n;

INSERT INTO posts (author_id, title, body, created_at)
SELECT
    1 + n * 7919 % 200,
    (ARRAY['Show', 'Ask', 'Guide', 'Question', 'Meetup'])[1 + n % 5] || ': '
        || (ARRAY['slow joins', 'my first index', 'a vacuum story', 'backups that restore', 'time zones',
                  'naming things', 'a 3 a.m. page'])[1 + n % 7] || ' #' || n,
    repeat('What I learned, and what I would do differently. ', 1 + n % 12),
    now() - interval '200 days' + n * interval '2 hours'
FROM generate_series(1, 2000) AS n
ORDER BY n;

-- A few posts have most of the reactions.
INSERT INTO post_reactions (post_id, user_id, kind, created_at)
SELECT
    1 + floor(2000 * power(n * 7919 % 20000 / 20000.0, 2)),
    1 + n * 104729 % 200,
    (enum_range(NULL::reaction_kind))[1 + n * 31 % 6],
    now() - interval '30 days' + n * interval '2 minutes'
FROM generate_series(1, 20000) AS n
ORDER BY n;

INSERT INTO credit_txns (user_id, amount, reason, created_at)
SELECT id, 100, 'welcome', created_at FROM users
ORDER BY id;

INSERT INTO credit_txns (user_id, amount, reason, created_at)
SELECT
    1 + n * 7919 % 200,
    CASE WHEN n % 3 = 0 THEN -15 ELSE 10 END,
    CASE WHEN n % 3 = 0 THEN 'boost' ELSE 'challenge won' END,
    now() - interval '100 days' + n * interval '1 hour'
FROM generate_series(1, 2000) AS n
ORDER BY n;

-- Retried requests, each charged twice, because the second looked like a new one: three balances are negative.
INSERT INTO credit_txns (user_id, amount, reason)
SELECT user_id, -200, 'premium year' FROM unnest(ARRAY[17, 17, 58, 58, 131, 131]) AS user_id;

UPDATE users
SET credits = (SELECT sum(amount) FROM credit_txns WHERE user_id = users.id);

INSERT INTO scores (user_id, challenge, points, created_at)
SELECT
    1 + n * 7919 % 200,
    (ARRAY['query golf', 'index hunt', 'lock maze'])[1 + n % 3],
    n * 104729 % 1000,
    now() - interval '60 days' + n * interval '20 minutes'
FROM generate_series(1, 3000) AS n
ORDER BY n;

-- Five posts had to be deleted. As the trigger above makes DELETE fail, an operator disabled triggers, and with them
-- the foreign key: its reactions now reference nothing, while PostgreSQL still calls the key valid.
SET session_replication_role = replica;
DELETE FROM posts WHERE id % 400 = 0;
RESET session_replication_role;

ANALYZE users, posts, post_reactions, credit_txns, scores;
