create table t (id int, a text, primary key (id) deferrable initially deferred);
