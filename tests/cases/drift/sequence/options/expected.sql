create sequence s increment 2 maxvalue 1000;
