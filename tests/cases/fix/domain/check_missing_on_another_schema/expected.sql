create domain positive as int constraint positive_check check (value > 0);
