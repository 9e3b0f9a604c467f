create sequence ticket minvalue 1 maxvalue 50;
create sequence back;
