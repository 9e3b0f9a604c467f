//! Attacks that once succeeded, and their neighbours, carried out again in every run: by the owner of a table in a watched
//! database, by another user of this host, by a stranger over HTTP. The README's trust model names the test for each line.

mod application_code;
mod expectations;
mod host;
mod privacy;
mod probes;
mod scratch;
mod strangers;
mod triggers;
mod unknown;
