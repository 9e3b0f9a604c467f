-- The schema that the community application is built for. No rows; load it into an empty database.
--
-- This is the application team's own file, kept beside its code. Schemawarden evaluates it in a scratch database,
-- reads the result back with the reader it uses on production, and reports every difference as drift.
--
-- Locks: none that matter, everything here is new. Least server version: 14.

CREATE TYPE reaction_kind AS ENUM ('like', 'love', 'laugh', 'wow', 'sad', 'angry');

CREATE TABLE users (
    id                       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    handle                   text NOT NULL UNIQUE,
    email                    text NOT NULL,
    credits                  integer NOT NULL DEFAULT 0,
    -- Until when the user may not enter challenges, or boost posts. NULL: no penalty, as for nearly everyone.
    challenge_penalty_until  timestamptz,
    boost_penalty_until      timestamptz,
    created_at               timestamptz NOT NULL DEFAULT now()
);

-- Addresses are compared without regard to case, at login as at registration.
CREATE UNIQUE INDEX users_email_idx ON users (lower(email));

CREATE TABLE posts (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id          bigint NOT NULL REFERENCES users,
    title              text NOT NULL,
    body               text NOT NULL DEFAULT '',
    -- A post is shown when it is neither hidden by a moderator nor deleted by its author. NOT NULL, because
    -- `WHERE NOT is_hidden` would otherwise leave out every older post in silence.
    is_hidden          boolean NOT NULL DEFAULT false,
    is_deleted         boolean NOT NULL DEFAULT false,
    -- pending, approved or rejected. Text, so that moderation can grow a state without a migration.
    moderation_status  text NOT NULL DEFAULT 'approved',
    created_at         timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX posts_author_idx ON posts (author_id, created_at DESC);

-- Reactions outlive the post they were given to: users have earned credits by them. When the post is deleted, its
-- reactions stay, with post_id NULL.
CREATE TABLE post_reactions (
    id          bigserial PRIMARY KEY,
    post_id     bigint REFERENCES posts ON DELETE SET NULL,
    user_id     bigint NOT NULL REFERENCES users,
    kind        reaction_kind NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- Finds the reactions of a post, to show them and to set them NULL. Partial: no query looks for reactions to nothing.
CREATE INDEX post_reactions_post_idx ON post_reactions (post_id) WHERE post_id IS NOT NULL;
CREATE INDEX post_reactions_user_idx ON post_reactions (user_id);

-- ON DELETE SET NULL is an UPDATE of the child, and fires its triggers: refusing every UPDATE would make posts with
-- reactions impossible to delete. So exactly that change passes, to rows whose post is gone.
CREATE FUNCTION refuse_reaction_change() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER reactions_are_permanent
    BEFORE UPDATE OR DELETE ON post_reactions
    FOR EACH ROW EXECUTE FUNCTION refuse_reaction_change();

CREATE VIEW post_reaction_totals AS
SELECT posts.id AS post_id, count(post_reactions.post_id) AS reactions, max(post_reactions.created_at) AS latest
FROM posts
LEFT JOIN post_reactions ON post_reactions.post_id = posts.id
GROUP BY posts.id;

CREATE TABLE credit_txns (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id          bigint NOT NULL REFERENCES users,
    amount           integer NOT NULL,
    reason           text NOT NULL,
    -- Given by the client, the same at each retry of one request. NULL for transactions from before there were keys.
    idempotency_key  text,
    created_at       timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX credit_txns_user_idx ON credit_txns (user_id);

-- Makes a retried request charge only once: the second insert fails.
CREATE UNIQUE INDEX credit_txns_idempotency_key_idx ON credit_txns (idempotency_key)
    WHERE idempotency_key IS NOT NULL;

CREATE TABLE scores (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       bigint NOT NULL REFERENCES users,
    challenge     text NOT NULL,
    points        integer NOT NULL,
    -- How long the attempt took. NULL for attempts from before it was measured.
    duration_sec  integer,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX scores_ranking_idx ON scores (challenge, points DESC);
