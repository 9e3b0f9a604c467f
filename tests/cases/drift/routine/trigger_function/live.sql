create function f() returns trigger language plpgsql as 'begin return null; end';
