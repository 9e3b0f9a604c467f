create table "Or.der" (id bigint primary key, "a ""b" int);
create publication "fe'ed ""x" for table "Or.der" ("a ""b", id) where ("a ""b" > 3);
