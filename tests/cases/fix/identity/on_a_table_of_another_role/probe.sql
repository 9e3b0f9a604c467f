do $$ begin
    assert (select count(*) from pg_class where relkind in ('S', 'r') and relowner::regrole::text = '"sw_case_Wri.ter"') = 6,
        'tables and sequences belong to the same role';
    assert (select count(*) = 30 and min(c) = 1 and max(c) = 30 from t), 'each row is numbered';
end $$;
begin;
set local role "sw_case_Wri.ter";
insert into t (a) values ('one more');
insert into u (a) values ('one more');
do $$ begin
    assert (select (b, c, d, (select max(id) from u)) = (31, 31, 31, 31) from t where a = 'one more'), 'they go on counting';
end $$;
rollback;
