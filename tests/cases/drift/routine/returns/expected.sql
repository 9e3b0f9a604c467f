create function f() returns bigint language sql as 'select 1::int8';
