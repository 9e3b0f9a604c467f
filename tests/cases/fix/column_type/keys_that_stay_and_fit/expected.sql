create extension citext;
create table users (id bigint primary key, email citext unique, name citext, price int check (price > 0));
create unique index users_name on users (name);
create table logins (id bigint primary key, email citext constraint logins_email_fkey references users (email));
