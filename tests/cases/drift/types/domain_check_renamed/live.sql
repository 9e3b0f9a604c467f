create domain d as int constraint other check (value > 0);
