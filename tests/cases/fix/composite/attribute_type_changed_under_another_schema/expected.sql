create type pair as (a bigint, b int);
