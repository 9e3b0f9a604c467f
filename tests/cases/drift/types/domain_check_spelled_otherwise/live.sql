create domain d as varchar(9) constraint odd check (value in ('a', 'b'));
