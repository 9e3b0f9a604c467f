create type kind as enum ('a', 'b');
create table keeps (k kind);
create table goes (k kind default 'b', check (k > 'a'));
create view seen as select k from goes;
insert into keeps values ('a');
insert into goes values ('b');
