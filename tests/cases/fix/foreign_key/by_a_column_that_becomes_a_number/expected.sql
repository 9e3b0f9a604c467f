create table users (id bigint primary key);
create table logins (id bigint primary key, user_id bigint, constraint logins_user_fkey foreign key (user_id) references users (id));
