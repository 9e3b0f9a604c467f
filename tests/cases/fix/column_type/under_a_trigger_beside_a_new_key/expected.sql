create table stays (room bigint not null, begins date, kind int not null, note text, constraint stays_pk primary key (room));
create function note_key() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger note_key before update of room, kind on stays for each row execute function note_key();
