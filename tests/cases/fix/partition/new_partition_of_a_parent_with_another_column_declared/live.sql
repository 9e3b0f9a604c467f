create table event (id bigint, day date not null, note text default 'x', primary key (id, day), constraint noted check (note <> '')) partition by range (day);
