set enable_seqscan = off;
set enable_sort = off;
do $$
declare
  name text;
  plan text;
  line text;
begin
  for name in select indexrelid::regclass from pg_index where indrelid = 'u'::regclass and indexprs is not null loop
    update pg_index set indisvalid = false where indrelid = 'u'::regclass and indexrelid <> name::regclass;
    plan := '';
    for line in explain (costs off) select count(*) from u where n(e) = 'a7' loop plan := plan || line; end loop;
    assert plan like '%' || name || '%', plan;
    assert (select count(*) from u where n(e) = 'a7') = 1, name || ' answers as before';
    update pg_index set indisvalid = true where indrelid = 'u'::regclass;
  end loop;
end $$;
