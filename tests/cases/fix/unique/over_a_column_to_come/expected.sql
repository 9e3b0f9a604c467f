create table users (id bigint primary key, email text, tenant int not null default 1, unique (tenant, email));
