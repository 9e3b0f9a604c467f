-- Purpose: a score with a duration is stored and returned, and so is one without. A probe: one transaction that is
--          always rolled back.
-- Locks:   rows of its own. Cost: milliseconds, and a few numbers of the sequences. Least server version: 14.

DO $probe$
DECLARE
    someone public.users.id%TYPE;
    took integer;
BEGIN
    INSERT INTO public.users (handle, email)
    VALUES ('probe ' || gen_random_uuid(), gen_random_uuid() || '@probe.invalid')
    RETURNING id INTO someone;
    INSERT INTO public.scores (user_id, challenge, points) VALUES (someone, 'probe', 1);

    INSERT INTO public.scores (user_id, challenge, points, duration_sec) VALUES (someone, 'probe', 2, 95)
    RETURNING duration_sec INTO took;
    IF took IS DISTINCT FROM 95 THEN
        RAISE EXCEPTION 'a duration of 95 s was stored as %', took;
    END IF;
END
$probe$;
