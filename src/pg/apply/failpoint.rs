//! For crash tests: dying at a chosen place. In release builds there is nothing here.

/// A place where a crash is interesting: something has been done, and is not yet committed, kept or told.
///
/// With SCHEMAWARDEN_DIE_AFTER_STEP=n the process is killed (SIGKILL) at the n-th such place that it comes to, without
/// a word to the server. They are: after the statement of a step or batch, after each COMMIT, and after old values
/// have been kept.
#[cfg(debug_assertions)]
pub(super) fn here() {
    use std::sync::atomic::{AtomicU64, Ordering};
    static PLACES: AtomicU64 = AtomicU64::new(0);
    let place = PLACES.fetch_add(1, Ordering::Relaxed) + 1;
    let wanted = std::env::var("SCHEMAWARDEN_DIE_AFTER_STEP").ok().and_then(|number| number.parse().ok());
    if wanted == Some(place) {
        let _ = std::process::Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status();
        // Where there is no such program.
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
pub(super) fn here() {}
