create table t (id int primary key);
create type float_range as range (subtype = float8, subtype_diff = float8mi);
