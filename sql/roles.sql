-- The watching role: schemawarden_watch. It may log in, read the catalogs (as every role may), and read the tables
-- whose rows are counted. It is granted nothing that writes.
--
-- Run it in each database that is watched, as a superuser, or as the owner of the database and its tables who has
-- CREATEROLE. It can be run again at any time, with the same result.
--     psql --single-transaction -v ON_ERROR_STOP=1 -d community -f sql/roles.sql
--     psql -d community -c '\password schemawarden_watch'
-- There is no password in this file, and psql's \password sends only its hash.
--
-- For other schemas than public, repeat the grants of the last part. A check for drift alone needs none of them:
-- leave them out, or grant only the columns that are counted, if rows are confidential (ctid: a large table whose
-- reference has no index is read in ranges of it):
--     GRANT SELECT (post_id, ctid) ON public.post_reactions TO schemawarden_watch;
--     GRANT SELECT (id) ON public.posts TO schemawarden_watch;
-- PostgreSQL 14, and databases that began on it, let PUBLIC, and so this role too, create tables in schema public:
--     REVOKE CREATE ON SCHEMA public FROM PUBLIC;
-- On tables with row security the role counts only the rows that its policies show it; grant it a policy that shows all
-- of them, or BYPASSRLS.
--
-- The fixing role (`fix_url`) is another one, and is not created here. Best is the role that runs migrations: it owns
-- the tables, and what is created belongs to it as before. A separate fixing role must be a member of the role that
-- owns them, and may be allowed to see which sessions block it:
--     CREATE ROLE schemawarden_fix LOGIN IN ROLE the_owner, pg_read_all_stats;
--     GRANT CREATE ON SCHEMA public TO schemawarden_fix;
-- It should not be a superuser: a plan's statements fire the triggers, checks and event triggers of the owners of the
-- tables. Their code runs as that owner (SET ROLE, which needs the membership above), and with a superuser behind it
-- could become one. A plan that would run such code as a superuser is refused unless `others_code` is allowed by name;
-- so is one that is applied by a member of several owners, whose code could go back to that member and become the
-- others: create one fixing role for each.
-- Event triggers and most extensions need a superuser. `schemawarden plan` names what a role may not do.
-- Neither role should be a superuser, nor have pg_execute_server_program, pg_read_server_files or pg_write_server_files.
-- The owner of a table puts code into it (triggers, checks, generated columns, policies, functions in indexes), and
-- that code runs with the rights of the role that writes the rows, restores them or asks about them: with a superuser's
-- it controls the server and its host. Therefore, as a superuser, no rows are counted if other roles own functions, and
-- no probe is run if they own tables; a restore from a backup reports at the gate whose code it would run. Probes are
-- best run as the application's own role (`probe_url`).
--
-- Locks: none that block reads or writes. Cost: a few catalog rows for each table. Least server version: 14.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'schemawarden_watch') THEN
        CREATE ROLE schemawarden_watch;
    END IF;
END
$$;

-- The daemon uses at most two connections. The others are for a manual `schemawarden check`, and for cancelling a
-- statement. There are not more: a busy database must not lose its last connections to those who watch it.
ALTER ROLE schemawarden_watch LOGIN CONNECTION LIMIT 5;

-- The daemon sets its own limits, from its configuration, at each connection. These apply to everyone else who logs in
-- as this role. Read-only is a default that SQL can switch off: the role cannot write because it has no right to.
ALTER ROLE schemawarden_watch SET default_transaction_read_only = on;
ALTER ROLE schemawarden_watch SET lock_timeout = '300ms';
ALTER ROLE schemawarden_watch SET statement_timeout = '60s';
ALTER ROLE schemawarden_watch SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE schemawarden_watch SET max_parallel_workers_per_gather = 0;

DO $$
BEGIN
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO schemawarden_watch', current_database());
END
$$;

GRANT USAGE ON SCHEMA public TO schemawarden_watch;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO schemawarden_watch;
-- Also on tables that the role which runs this file creates later.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO schemawarden_watch;
