create extension citext;
create table users (id bigint primary key, email text unique, name text, price numeric(10,2) check (price > 0));
create unique index users_name on users (name);
create table logins (id bigint primary key, email text constraint logins_email_fkey references users (email));
insert into users values (1, 'A@b.c', 'x', 0.4), (2, 'a@b.c', 'X', 1), (3, 'c@b.c', 'y', 1);
insert into logins values (1, 'c@b.c');
