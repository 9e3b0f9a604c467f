-- Purpose: forgets a target's drift, before what is known now is written in the same transaction.
-- Locks: the store's writer lock, for a moment. Cost: one range of the primary key. Least version: SQLite 3.37.
delete from first_seen where target = ?1
