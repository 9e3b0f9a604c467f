create table permission (id int not null, name text not null, primary key (id));
create table role (id int primary key);
create table other (id int primary key, permission text);
