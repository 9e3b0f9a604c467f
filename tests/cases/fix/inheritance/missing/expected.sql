create table base (id int not null, note text);
create table derived (id int not null, note text, extra int) inherits (base);
