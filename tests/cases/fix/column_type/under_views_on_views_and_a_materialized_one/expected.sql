create table t (id int primary key, a bigint);
create view v1 as select id, a from t;
create view v2 as select id, a + 1 as b from v1;
create materialized view m as select b, count(*) from v2 group by b;
create unique index m_b_idx on m (b);
create view v3 as select m.b, v1.id from m join v1 on v1.a = m.b;
