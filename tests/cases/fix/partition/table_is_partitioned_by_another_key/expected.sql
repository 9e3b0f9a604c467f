create table event (id int, at date, primary key (id, at)) partition by hash (id);
create table event_1 partition of event for values with (modulus 2, remainder 0);
create table event_2 partition of event for values with (modulus 2, remainder 1);
