//! What acts on the world outside the databases. Each effect is told what to do; none of them decides.

pub mod backup;
pub mod notify;
