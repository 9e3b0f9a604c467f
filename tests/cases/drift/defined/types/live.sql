create type same as (a int, b text collate "C");
create type grown as (a int);
create type turned as (a int, b int);
create type span as range (subtype = int);
create type extra as ();
create type was_composite as (a int);
create aggregate total(int) (sfunc = int4pl, stype = int);
create aggregate mean(float8) (sfunc = float8_accum, stype = float8[], finalfunc = float8_avg, initcond = '{0,0,0}');
