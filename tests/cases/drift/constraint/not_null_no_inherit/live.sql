create table t (a int, constraint n not null a no inherit);
create table child () inherits (t);
