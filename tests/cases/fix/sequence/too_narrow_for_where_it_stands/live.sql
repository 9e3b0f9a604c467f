create sequence s as bigint;
select setval('s', 3000000000);
