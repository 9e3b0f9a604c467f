create domain d as text not null default 'x' check (value <> '');
create domain e as int;
