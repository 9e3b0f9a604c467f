-- Purpose: a document of a remediation.
-- Locks: none that waits. Cost: one row. Least version: SQLite 3.37, PostgreSQL 14.
select content from document where remediation = $1 and name = $2
