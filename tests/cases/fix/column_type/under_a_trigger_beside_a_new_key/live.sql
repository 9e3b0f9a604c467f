create table stays (room int not null, begins date not null, kind int not null, note text, constraint stays_pk primary key (room, begins));
create function note_key() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger note_key before update of room, kind on stays for each row execute function note_key();
insert into stays values (1, '2020-02-02', 3, 'a');
