create table "Order" ("User" int, "select" int);
