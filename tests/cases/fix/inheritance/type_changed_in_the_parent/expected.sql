create table base (id bigint, note text);
create table derived (extra int) inherits (base);
