do $$ begin
    assert (select relowner::regrole::text from pg_class where oid = 'v'::regclass) = '"sw_case_Wri.ter"', 'the owner of v';
    assert (select relowner::regrole::text from pg_class where oid = 'on_v'::regclass) = 'sw_case_reader', 'the owner of on_v';
    assert (select proowner::regrole::text from pg_proc where proname = 'f') = '"sw_case_Wri.ter"', 'the owner of f';
end $$;
set role sw_case_reader;
select count(*) from v;
select f(1);
select count(*) from m;
