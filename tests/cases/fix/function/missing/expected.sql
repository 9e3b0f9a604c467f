create table t (id int primary key);
create function f(a int, b text default 'x', out c int) language sql immutable strict parallel safe cost 5 as $$ select a $$;
create procedure p(inout a int) language plpgsql as $body$ begin a := a + 1; commit; end $body$;
create function g() returns setof t language sql stable rows 10 set search_path = public as 'select * from t';
