create sequence ticket minvalue 100 maxvalue 200;
create sequence back increment -1 minvalue -100 maxvalue -1;
