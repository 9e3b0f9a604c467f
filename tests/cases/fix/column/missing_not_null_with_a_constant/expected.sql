create table t (id int primary key, status text not null default 'approved', hidden boolean not null default false);
