create table p (id int primary key, a int);
create table c (id int, p int);
insert into p select n, n from generate_series(1, 100) n;
insert into c select n, n from generate_series(1, 100) n;
create unique index c_pkey on c (id);
create index c_p_idx on c (p);
create unique index p_a_key on p (a);
update pg_index set indisvalid = false, indisready = false
where indexrelid in ('c_pkey'::regclass, 'c_p_idx'::regclass, 'p_a_key'::regclass);
