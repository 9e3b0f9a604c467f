create table t (id int primary key, a int);
create function f() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger row_wise after update of a on t for each row when (old.a is distinct from new.a) execute function f('x', '2');
create trigger with_tables after insert on t referencing new table as added for each statement execute function f();
create trigger emptied before truncate on t for each statement execute function f();
