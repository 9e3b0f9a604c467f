create table base (id int not null, note text, constraint said check (note <> ''));
create table derived (extra int) inherits (base);
