create table item (n int, twice bigint generated always as (n * 2) stored);
