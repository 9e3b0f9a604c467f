create table z_base (id int primary key, note text default 'x');
create table y_mixin (at date);
create table a_derived (extra int, note text default 'y') inherits (z_base, y_mixin);
