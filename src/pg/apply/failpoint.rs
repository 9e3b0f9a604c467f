//! Failpoints for crash tests. Release builds contain none. Not the `fail` crate: it counts each failpoint by itself, and a
//! crash test wants the n-th of all.

/// A failpoint: something has been done, and is not yet committed, stored or reported.
///
/// With SCHEMAWARDEN_DIE_AFTER_STEP=n the process kills itself (SIGKILL) at the n-th failpoint, without notice to the
/// server. They are: after the statement of a step or batch, after each COMMIT, and after old values have been stored.
#[cfg(debug_assertions)]
pub(super) fn here() {
    use std::sync::atomic::{AtomicU64, Ordering};
    static PLACES: AtomicU64 = AtomicU64::new(0);
    let place = PLACES.fetch_add(1, Ordering::Relaxed) + 1;
    let wanted = std::env::var("SCHEMAWARDEN_DIE_AFTER_STEP").ok().and_then(|number| number.parse().ok());
    if wanted == Some(place) {
        let _ = std::process::Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status();
        // Reached if there is no such program.
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
pub(super) fn here() {}
