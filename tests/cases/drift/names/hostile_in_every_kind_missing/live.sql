create schema "we.""ird; drop
	üñS";
