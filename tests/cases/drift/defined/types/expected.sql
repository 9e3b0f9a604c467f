create type same as (a int, b text collate "C");
create type grown as (a int, "b c" text collate "C");
create type turned as (b int, a int);
create type span as range (subtype = bigint);
create type gone as (a int);
create type was_composite as enum ('a');
create aggregate total(int) (sfunc = int4pl, stype = int, initcond = '0');
create aggregate mean(float8) (sfunc = float8_accum, stype = float8[], finalfunc = float8_avg, initcond = '{0,0,0}');
create aggregate number(*) (sfunc = int8inc, stype = bigint, initcond = '0', parallel = safe);
