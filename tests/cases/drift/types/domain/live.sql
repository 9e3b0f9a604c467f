create domain d as text check (length(value) > 0);
create domain e as bigint;
