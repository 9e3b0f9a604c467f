-- Purpose: deleting a post that has reactions works, and the reactions stay, with post_id NULL. A probe: one transaction
--          that is always rolled back.
-- Locks:   rows of its own. Cost: milliseconds, and a few numbers of the sequences. Least server version: 14.

DO $probe$
DECLARE
    someone public.users.id%TYPE;
    post public.posts.id%TYPE;
    kept integer;
BEGIN
    INSERT INTO public.users (handle, email)
    VALUES ('probe ' || gen_random_uuid(), gen_random_uuid() || '@probe.invalid')
    RETURNING id INTO someone;
    INSERT INTO public.posts (author_id, title) VALUES (someone, 'probe') RETURNING id INTO post;
    INSERT INTO public.post_reactions (post_id, user_id, kind) VALUES (post, someone, 'like'), (post, someone, 'wow');

    DELETE FROM public.posts WHERE id = post;

    SELECT count(*) INTO kept FROM public.post_reactions WHERE user_id = someone AND post_id IS NULL;
    IF kept <> 2 THEN
        RAISE EXCEPTION 'of the 2 reactions to a deleted post % are left with post_id NULL', kept;
    END IF;
END
$probe$;
