//! What comes from a watched database has an unprivileged role's rights in scratch, and no more.
