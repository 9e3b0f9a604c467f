//! The watch: one task per target that checks its schema, and one that counts its rows.

mod registry;

pub use registry::Registry;
