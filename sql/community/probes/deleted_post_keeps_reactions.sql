-- Purpose: deleting a post that has reactions works, and the reactions stay, with post_id NULL. A probe: one transaction
--          that is always rolled back.
-- Locks:   rows of its own. Cost: milliseconds, and a few numbers of the sequences. Least server version: 14.

DO $probe$
DECLARE
    someone users.id%TYPE;
    post posts.id%TYPE;
    kept integer;
BEGIN
    INSERT INTO users (handle, email)
    VALUES ('probe ' || gen_random_uuid(), gen_random_uuid() || '@probe.invalid')
    RETURNING id INTO someone;
    INSERT INTO posts (author_id, title) VALUES (someone, 'probe') RETURNING id INTO post;
    INSERT INTO post_reactions (post_id, user_id, kind) VALUES (post, someone, 'like'), (post, someone, 'wow');

    DELETE FROM posts WHERE id = post;

    SELECT count(*) INTO kept FROM post_reactions WHERE user_id = someone AND post_id IS NULL;
    IF kept <> 2 THEN
        RAISE EXCEPTION 'of the 2 reactions to a deleted post % are left with post_id NULL', kept;
    END IF;
END
$probe$;
