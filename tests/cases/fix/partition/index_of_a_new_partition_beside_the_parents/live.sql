CREATE TABLE event (id int) PARTITION BY RANGE (id);
CREATE INDEX event_id ON event (id);
CREATE TABLE event_1 (id int);
CREATE INDEX mine ON event_1 (id);
INSERT INTO event_1 SELECT generate_series(1, 8);
