create table event (id int, at date, primary key (id, at));
