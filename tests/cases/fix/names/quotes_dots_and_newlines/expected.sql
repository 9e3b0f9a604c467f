create schema "We.ird";
create table "We.ird"."Ta""b.le" (
    "Co'l" int primary key,
    "two
lines" text not null,
    "semi;colon" int constraint "a $$ check; -- or not" check ("semi;colon" > 0),
    "new""one" int references "We.ird"."Ta""b.le"
);
create index "in dex" on "We.ird"."Ta""b.le" ("two
lines");
