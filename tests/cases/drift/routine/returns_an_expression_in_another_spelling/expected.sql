create function f(a varchar) returns boolean language sql return ((a)::text = any (array[('a'::character varying)::text, ('b'::character varying)::text]));
