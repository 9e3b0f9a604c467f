create type mood as enum ('asleep', 'calm', 'bored', 'angry', 'wild', 'lost');
create table t (id int primary key, m mood default 'calm');
