-- Purpose: a post that is shown can be reacted to, the reaction is counted, and has an id of its own. A probe: one
--          transaction that is always rolled back.
-- Locks:   rows of its own. Cost: milliseconds, and a few numbers of the sequences. Least server version: 14.

DO $probe$
DECLARE
    someone public.users.id%TYPE;
    post public.posts.id%TYPE;
    reaction public.post_reactions.id%TYPE;
    counted bigint;
BEGIN
    INSERT INTO public.users (handle, email)
    VALUES ('probe ' || gen_random_uuid(), gen_random_uuid() || '@probe.invalid')
    RETURNING id INTO someone;
    INSERT INTO public.posts (author_id, title) VALUES (someone, 'probe') RETURNING id INTO post;

    INSERT INTO public.post_reactions (post_id, user_id, kind)
    SELECT posts.id, someone, 'love'
    FROM public.posts
    WHERE posts.id = post AND NOT is_hidden AND NOT is_deleted AND moderation_status = 'approved'
    RETURNING id INTO reaction;
    IF reaction IS NULL THEN
        RAISE EXCEPTION 'a new post is not shown, so nobody can react to it';
    END IF;

    SELECT reactions INTO counted FROM public.post_reaction_totals WHERE post_id = post;
    IF counted IS DISTINCT FROM 1 THEN
        RAISE EXCEPTION 'after 1 reaction the totals say %', counted;
    END IF;

    BEGIN
        INSERT INTO public.post_reactions (id, post_id, user_id, kind) VALUES (reaction, post, someone, 'sad');
    EXCEPTION WHEN unique_violation THEN
        RETURN;
    END;
    RAISE EXCEPTION 'two reactions were given the same id';
END
$probe$;
