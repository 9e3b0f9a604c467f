create table t (s varchar(9)); create view v as select s from t where (((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])));
