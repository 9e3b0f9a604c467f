create unlogged sequence s;
select nextval('s');
