create table users (id bigint primary key);
create table logins (id bigint primary key, user_id text);
insert into users values (1), (2);
insert into logins values (1, '1'), (2, '3');
