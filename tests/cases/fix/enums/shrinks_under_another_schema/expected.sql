create type mood as enum ('good');
