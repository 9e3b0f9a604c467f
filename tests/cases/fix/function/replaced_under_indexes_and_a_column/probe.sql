set enable_seqscan = off;
do $$
declare
  plan text := '';
  line text;
begin
  for line in explain (costs off) select count(*) from u where n(e) = 'a7' loop plan := plan || line; end loop;
  assert plan like '%u_n%', plan;
  assert (select count(*) from u where n(e) = 'a7') = 1, 'the unique index answers as before';
  assert (select count(*) from u where n(e) = 'a 7') = 0, 'the unique index answers as before';
  assert (select count(*) from u where g = 'a7') = 1, 'the column is as before';
  plan := '';
  for line in explain (costs off) select count(*) from u where is_short(n(e)) and f > '' loop plan := plan || line; end loop;
  assert plan like '%u_short%', plan;
  assert (select count(*) from u where is_short(n(e)) and f > '') = 99, 'the partial index answers as before';
end $$;
set enable_seqscan = on;
set enable_indexscan = off;
set enable_bitmapscan = off;
set enable_indexonlyscan = off;
do $$
begin
  assert not exists (select from u where g is distinct from n(e)), 'the column is as before';
  assert (select count(*) from u where is_short(n(e)) and f > '') = 99, 'the rows are others';
  assert not exists (select from pg_class where relname like 'schemawarden%'), 'a helper is left';
  assert not exists (select from pg_constraint where conname like 'schemawarden%'), 'a mark is left';
end $$;
