-- Purpose: a retried request charges once only: the same idempotency key is refused the second time, and transactions
--          without a key are not. A probe: one transaction that is always rolled back.
-- Locks:   rows of its own. Cost: milliseconds, and a few numbers of the sequences. Least server version: 14.

DO $probe$
DECLARE
    someone public.users.id%TYPE;
    request text := 'probe ' || gen_random_uuid();
BEGIN
    INSERT INTO public.users (handle, email)
    VALUES ('probe ' || gen_random_uuid(), gen_random_uuid() || '@probe.invalid')
    RETURNING id INTO someone;
    INSERT INTO public.credit_txns (user_id, amount, reason) VALUES (someone, 1, 'probe'), (someone, 1, 'probe');
    INSERT INTO public.credit_txns (user_id, amount, reason, idempotency_key) VALUES (someone, 1, 'probe', request);

    BEGIN
        INSERT INTO public.credit_txns (user_id, amount, reason, idempotency_key) VALUES (someone, 1, 'probe', request);
    EXCEPTION WHEN unique_violation THEN
        RETURN;
    END;
    RAISE EXCEPTION 'the same idempotency key was taken twice';
END
$probe$;
