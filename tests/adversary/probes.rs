//! Probes, counting queries and restores run no code of others with more rights than that code's owner has.
