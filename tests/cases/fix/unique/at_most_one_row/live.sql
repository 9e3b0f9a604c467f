create table settings (title text not null);
insert into settings values ('the only one');
create table stock (shelf int not null, item text not null);
insert into stock select n % 7, 'item ' || n from generate_series(1, 300) n;
