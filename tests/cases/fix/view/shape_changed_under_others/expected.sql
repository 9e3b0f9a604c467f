create table t (id int primary key, a text, b int);
create view v as select id, b::bigint as b from t;
create view w as select id, b from v;
create materialized view m as select b, count(*) as n from w group by b;
create index m_n_idx on m (n);
create function total() returns bigint language sql begin atomic select sum(b)::bigint from w; end;
