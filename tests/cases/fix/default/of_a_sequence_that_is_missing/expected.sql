create sequence numbers start 1000;
create table t (id int primary key, number int default nextval('numbers'));
