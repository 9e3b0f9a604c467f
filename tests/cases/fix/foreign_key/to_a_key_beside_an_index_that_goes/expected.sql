create table shop (id int not null, code text primary key);
create table till (shop text references shop (code));
