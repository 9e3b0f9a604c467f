create function f(a varchar) returns boolean language sql return a in ('a', 'b');
