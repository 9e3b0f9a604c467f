create table permission (id int not null, name text not null, primary key (name), constraint permission_name_key unique (name));
create table role (id int primary key, permission text, constraint role_fk foreign key (permission) references permission (name));
create table other (id int primary key, permission text, constraint other_fk foreign key (permission) references permission (name));
insert into permission select n, 'may ' || n from generate_series(1, 300) n;
insert into role select n, 'may ' || n from generate_series(1, 300) n;
insert into other select n, 'may ' || n from generate_series(1, 300) n;
