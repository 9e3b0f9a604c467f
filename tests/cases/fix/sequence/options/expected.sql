create sequence tickets as bigint increment 2 minvalue 1 maxvalue 5000 start 7 cache 1 no cycle;
