create domain d as varchar(9) check (((value)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])));
