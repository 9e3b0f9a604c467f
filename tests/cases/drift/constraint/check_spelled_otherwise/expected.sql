create table t (s varchar(9), constraint known check (((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))));
