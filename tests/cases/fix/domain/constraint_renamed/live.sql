create domain positive as int constraint old_name check (value > 0);
create table t (a positive);
