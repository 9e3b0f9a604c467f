create schema "we.""ird; drop
	üñS";
create type "we.""ird; drop
	üñS"."we.""ird; drop
	üñE" as enum ('it''s', 'back\slash', '');
create domain "we.""ird; drop
	üñS"."we.""ird; drop
	üñD" as text default 'it''s' constraint "we.""ird; drop
	üñP" check (value <> '"');
create sequence "we.""ird; drop
	üñS"."we.""ird; drop
	üñI";
create function "we.""ird; drop
	üñS"."we.""ird; drop
	üñF"("we.""ird; drop
	üñC" int default 1) returns int language sql as $x$select 1$x$;
create function "we.""ird; drop
	üñS"."we.""ird; drop
	üñF"() returns trigger language plpgsql as $x$begin return new; end$x$;
create table "we.""ird; drop
	üñS"."we.""ird; drop
	üñT" ("we.""ird; drop
	üñC" int, "we.""ird; drop
	üñD" "we.""ird; drop
	üñS"."we.""ird; drop
	üñD", "we.""ird; drop
	üñE" "we.""ird; drop
	üñS"."we.""ird; drop
	üñE" default 'it''s', "order" int not null default nextval('"we.""ird; drop
	üñS"."we.""ird; drop
	üñI"'), constraint "we.""ird; drop
	üñP" primary key ("we.""ird; drop
	üñC"), constraint "we.""ird; drop
	üñG" check ("we.""ird; drop
	üñC" > 0),
  constraint "we.""ird; drop
	üñF" foreign key ("we.""ird; drop
	üñC") references "we.""ird; drop
	üñS"."we.""ird; drop
	üñT" ("we.""ird; drop
	üñC"), constraint "we.""ird; drop
	üñU" unique ("we.""ird; drop
	üñD"));
create index "we.""ird; drop
	üñX" on "we.""ird; drop
	üñS"."we.""ird; drop
	üñT" (("we.""ird; drop
	üñC" + 1)) where "we.""ird; drop
	üñC" > 1;
create view "we.""ird; drop
	üñS"."we.""ird; drop
	üñV" as select "we.""ird; drop
	üñC" from "we.""ird; drop
	üñS"."we.""ird; drop
	üñT";
create materialized view "we.""ird; drop
	üñS"."we.""ird; drop
	üñM" as select "we.""ird; drop
	üñC" from "we.""ird; drop
	üñS"."we.""ird; drop
	üñT";
create trigger "we.""ird; drop
	üñG" before insert on "we.""ird; drop
	üñS"."we.""ird; drop
	üñT" for each row when (new."we.""ird; drop
	üñC" > 1) execute function "we.""ird; drop
	üñS"."we.""ird; drop
	üñF"();
create table "we.""ird; drop
	üñS"."éééééééééééééééééééééééééééééééx" ("ßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßy" int);
