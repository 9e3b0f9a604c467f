set enable_seqscan = off;
do $$
declare
  plan text := '';
  line text;
begin
  if to_regclass('u_n') is not null then
    for line in explain (costs off) select count(*) from u where n(e) = 'a7' loop plan := plan || line; end loop;
    assert plan like '%u_n%', plan;
    assert obj_description('u_n'::regclass) = 'mine', 'the comment is lost';
  end if;
  assert (select count(*) from u where n(e) = 'a7') = 1, 'the index answers as before';
  plan := '';
  for line in explain (costs off) select count(*) from p where n(e) = 'a7' loop plan := plan || line; end loop;
  assert plan like '%p_1_n_idx%', plan;
  assert (select count(*) from p where n(e) = 'a7') = 1, 'the index of a partition answers as before';
  assert not exists (select from p where g is distinct from n(e)), 'a column of a partition is as before';
  assert (select count(*) from a where g = 'a7') = 2, 'a column of a table or its heir is as before';
  assert not exists (select from pg_constraint where conname like 'schemawarden%'), 'a mark is left';
end $$;
