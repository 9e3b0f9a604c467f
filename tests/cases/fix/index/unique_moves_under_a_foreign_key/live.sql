create table shop (a int, b int);
insert into shop select g, g + 100 from generate_series(1, 50) g;
create unique index shop_u on shop (b);
create table till (x int constraint till_fk references shop (b));
