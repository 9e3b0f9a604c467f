//! Metrics of the daemon's own HTTP server.

use super::page::Page;
use super::{Error, count};

pub(super) fn refused(page: &mut Page, refused: &[(&'static str, u64)]) -> Result<(), Error> {
    page.counter(
        "schemawarden_http_refused_total",
        "HTTP clients that were refused, by reason: `connections` (no place was left for one more connection of this \
         address), `host` (the Host header names a host that the daemon does not answer to), `plans` (too many plans asked \
         for without a token), `token` (no known token), `scope` (the token's scope does not suffice).",
        |out| {
            for (reason, times) in refused {
                out.add([("reason", *reason)], count(*times));
            }
        },
    )
}
