-- Purpose: an operator's counting query, as a part of a SELECT: a statement that changes data is a syntax error here,
-- and two rows are enough to know that it is not a count. The line breaks end a trailing comment.
-- Locks: what the query takes, in a READ ONLY transaction. Cost: the query's. Least server version: 14.
select answer.n::text from (
{query}
) as answer (n) limit 2
