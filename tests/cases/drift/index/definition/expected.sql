create table t (a int, b text, c jsonb);
create index i1 on t (a desc nulls last); create index i2 on t (lower(b)); create index i3 on t (a) where a > 0;
create index i4 on t using gin (c jsonb_path_ops); create index i5 on t (a) include (b); create index i6 on t (b collate "C");
create index i7 on t (b text_pattern_ops); create index i8 on t using hash (a); create index i9 on t (a) with (fillfactor = 50);
