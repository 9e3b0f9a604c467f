do $do$ begin
    if not exists (select from pg_roles where rolname = E'sw_case_we"ird.röle\n$$') then
        create role "sw_case_we""ird.röle
$$";
    end if;
    if not exists (select from pg_roles where rolname = 'sw_case_reader') then create role sw_case_reader; end if;
end $do$;
create schema "S c.hema""";
create table "S c.hema"""."t'a ble" (id int primary key, "co""l" int);
create view "S c.hema"""."v;w" as select id::text as id from "S c.hema"""."t'a ble";
create function "S c.hema"""."f""n"(int) returns int language sql as $$ select $1 $$;
create table "S c.hema"""."n""ew" (id int);
grant create on schema "S c.hema""" to "sw_case_we""ird.röle
$$";
grant select on "S c.hema"""."n""ew" to "sw_case_we""ird.röle
$$" with grant option;
grant insert ("co""l") on "S c.hema"""."t'a ble" to "sw_case_we""ird.röle
$$";
grant execute on function "S c.hema"""."f""n"(int) to "sw_case_we""ird.röle
$$";
grant select on "S c.hema"""."v;w" to sw_case_reader;
alter view "S c.hema"""."v;w" owner to "sw_case_we""ird.röle
$$";
