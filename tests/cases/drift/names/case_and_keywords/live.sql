create table "order" ("user" int);
