create table shop (a int, b int);
create unique index shop_u on shop (a);
create table till (x int constraint till_fk references shop (a));
