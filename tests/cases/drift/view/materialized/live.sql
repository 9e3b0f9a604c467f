create materialized view m as select 2 as a;
