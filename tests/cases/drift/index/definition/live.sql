create table t (a int, b text, c jsonb);
create index i1 on t (a desc); create index i2 on t (upper(b)); create index i3 on t (a) where a > 1;
create index i4 on t using gin (c); create index i5 on t (b, a); create index i6 on t (b collate "POSIX");
create index i7 on t (b varchar_pattern_ops, a); create index i8 on t (a, b); create index i9 on t (a) with (fillfactor = 60);
