create table jobs (id bigserial primary key, task text not null);
insert into jobs (task) values ('a');
