do $$ begin
    assert (select count(*) from comments where post_id is null) = 5, 'dangling references are NULL';
    assert (select count(*) from audit_log where what = 'UPDATE comments') = 5, 'the application has written it down';
end $$;
