create table "select" ("from" int primary key, "table" text not null, "order" int references "select", "user" int default 5);
create view "where" as select "from" as "group" from "select";
create function "end"("case" int) returns int language sql as $$ select $1 $$;
create type "primary" as enum ('key');
