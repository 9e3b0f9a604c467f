//! Standard output and standard error, unredacted: the user who runs a command may see what servers say of rows.

use std::io::{Stderr, Stdout};

use anstream::AutoStream;

use crate::domain::confidential::Full;

pub(super) fn stdout() -> Full<AutoStream<Stdout>> {
    Full::new(anstream::stdout())
}

pub(super) fn stderr() -> Full<AutoStream<Stderr>> {
    Full::new(anstream::stderr())
}
