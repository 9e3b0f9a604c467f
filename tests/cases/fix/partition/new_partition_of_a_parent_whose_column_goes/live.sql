create table event (id bigint, day date not null, note text, primary key (id, day)) partition by range (day);
