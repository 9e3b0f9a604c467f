-- A body in quotes is checked when it is made, unless that is switched off: tables come first.

create table t (id int primary key);
