create table settings (title text not null);
create unique index settings_has_one_row on settings ((true));
create table stock (shelf int not null, item text not null);
create unique index stock_item on stock (lower(item), (1));
