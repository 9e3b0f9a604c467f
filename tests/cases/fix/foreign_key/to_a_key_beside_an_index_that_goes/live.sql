create table shop (id int primary key, code text not null);
create unique index shop_code on shop (code);
create table till (shop text);
insert into shop values (1, 'a');
insert into till values ('a');
