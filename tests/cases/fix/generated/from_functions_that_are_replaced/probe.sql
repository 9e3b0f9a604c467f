do $$
begin
  assert (select count(*) from t where short = 'a7!7' and n::text = '3.00' and doc::text = '{"b" : "A 7"}' and pair = 'a77.00') = 1,
    (select t::text from t where id = 7);
  assert not exists (select from t where short <> g(e) || id or n::text <> h(length(e))::text or doc::text <> j(e)::text
                                         or pair <> f(e) || h(id)), 'a column is as before';
end $$;
