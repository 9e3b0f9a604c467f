//! Schemawarden keeps production PostgreSQL schemas true: it asks again and again whether a live schema is what the
//! application was built for, and says so in metrics, alerts, reports and exit codes.
//!
//! # The map
//!
//! Four layers. Imports point down only, and what decides is pure: no async, no clock, no environment, no SQL client.
//! `tests/architecture.rs` holds the order of the modules and enforces both.
//!
//! | layer | what it is | modules |
//! |---|---|---|
//! | run | wires the rest together, in tasks that are bounded and can be stopped | [`cli`], [`serve`], [`http`], [`app`], [`watch`], [`config`], [`telemetry`], [`fix`], [`check`] |
//! | touch | talks to the world, and judges nothing | [`pg`], [`spelling`], [`rehearse`], [`expected`], [`state`], [`effect`], [`metrics`] |
//! | decide | from facts to conclusions | [`script`], [`render`], [`drift`], [`conflict`], [`policy`], [`invariant`], [`alert`], [`plan`] |
//! | words | the nouns that everybody shares | [`name`], [`catalog`], [`lock`], [`report`] |
//!
//! # How a check flows
//!
//! ```text
//!  expected.sql ── pg::scratch ──┐                         ┌─▶ http ── metrics ─▶ Prometheus
//!  snapshot.json ────────────────┼─▶ expected: a Catalog   ├─▶ http ── page, API
//!  a reference database ─────────┘       │                 ├─▶ effect::notify ── alert ─▶ Alertmanager
//!                                        ▼                 ├─▶ cli: text, JSON, exit code
//!  target ─ pg::fingerprint ─ pg::read ─ drift::compare ─ spelling ─ policy ─▶ Report
//!         └ pg::count ─ invariant::judge ─────────────────────────────────────▶ InvariantReport
//! ```
//!
//! 1. [`watch`] has two tasks for each target, one for its schema and one for its rows. A task waits for its cron
//!    schedule (or for an operator, over [`http`]) and for a free connection, and gives a [`check::Checker`] its turn.
//! 2. [`check`] asks [`pg::fingerprint`] whether any catalog row has changed. If none has, the last answer stands.
//! 3. Else [`pg::read`] reads everything in one read-only snapshot into a [`catalog::Catalog`]. Definitions are spelled
//!    by PostgreSQL itself; what is locked right now is busy, and nothing waits for it.
//! 4. [`expected`] gives the other catalog, read by the same code from a scratch database ([`pg::scratch`], on a
//!    throwaway [`pg::server`]), from a snapshot, or from a reference database.
//! 5. [`drift::compare`] says what differs, with the consequence of each difference. Where only the spelling of an
//!    expression does, [`spelling`] builds both sides in scratch ([`render`], [`pg::rebuild`]) and looks again.
//!    [`conflict`] finds expectations that fight each other. [`policy`] applies what the operator has decided.
//! 6. [`pg::count`] counts rows, in short transactions, and [`invariant`] judges the counts.
//! 7. The [`report::Report`] is published, the last one wins. Every face reads what was published and nothing else:
//!    [`metrics`], [`http`], [`alert`] with [`effect::notify`]. No request ever queries a target. [`state`] keeps over
//!    a restart what must not be forgotten: when a drift was first seen.
//!
//! # Where to change what
//!
//! - A new fact about an object: its file in [`catalog`], `sql/catalog/*.sql`, `pg/read/*.rs`, and a case in
//!   `tests/cases/drift/`. A new kind of object also has a variant of [`catalog::Kind`]; the compiler names the places.
//! - How bad a difference is: [`catalog::Facts`], beside the object. What the operator may say about it: [`policy`].
//! - A metric: [`metrics`], and nothing else. An alert: [`alert`] and `config/rules/`, under one name.
//! - A configuration key: `config/raw.rs` (as written), `config/build.rs` and `config/target.rs` (as meant).
//! - SQL stands in `sql/`, headed by its purpose, locks, cost and least server version. Names and values get into SQL
//!   text through [`name`] alone, and only [`pg`] runs SQL that was put together.
//!
//! Unknown is never healthy: a check that failed, was partial or is late is a report that says so, and resolves nothing.

pub mod alert;
pub mod app;
pub mod catalog;
pub mod check;
pub mod cli;
pub mod config;
pub mod conflict;
pub mod drift;
pub mod effect;
pub mod expected;
pub mod fix;
#[cfg(test)]
mod fixture;
pub mod http;
pub mod invariant;
pub mod lock;
pub mod metrics;
pub mod name;
pub mod pg;
pub mod plan;
pub mod policy;
pub mod rehearse;
pub mod render;
pub mod report;
pub mod script;
pub mod serve;
pub mod spelling;
pub mod state;
pub mod telemetry;
pub mod watch;
