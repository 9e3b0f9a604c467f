//! Schemawarden keeps production PostgreSQL schemas true: it asks again and again whether a live schema is what the
//! application was built for, says so in metrics, alerts, reports and exit codes, and applies the plan that makes it so
//! when an operator commands it.
//!
//! # The map
//!
//! Seven folders on six floors. Imports point down only, folders on one floor know nothing of each other, and no two
//! files import each other. `tests/architecture.rs` reads every import and enforces this.
//!
//! | floor | folder | what it is |
//! |---|---|---|
//! | 6 | [`cli`] | for a terminal; `cli/serve` opens what a daemon listens on |
//! | 5 | [`http`] | for browsers, Prometheus and programs |
//! | 4 | [`daemon`] | [`config`], [`expected`], [`check`], [`watch`], [`fix`] (propose and apply a plan), [`remediate`], [`metrics`] |
//! | 3 | [`effects`], [`state`] | backup, degrade, notify, silence, smoke; what must survive a restart |
//! | 2 | [`pg`] | talks to PostgreSQL and judges nothing: connect, read, count, apply, dump; [`pg::scratch`] evaluates, rebuilds and rehearses |
//! | 1 | [`domain`] | what is known and what is decided: [`catalog`], [`drift`], [`plan`], [`runbook`], [`alert`]. Pure: no async, no clock, no environment, no SQL client |
//!
//! [`files`] is below [`pg`]: how files and folders of this host are made and read.
//!
//! # How a check flows
//!
//! ```text
//!  expected.sql ── pg::scratch ──┐                         ┌─▶ http ── daemon::metrics ─▶ Prometheus
//!  snapshot.json ────────────────┼─▶ expected: a Catalog   ├─▶ http ── page, API
//!  a reference database ─────────┘       │                 ├─▶ effects::notify ── alert ─▶ Alertmanager
//!                                        ▼                 ├─▶ cli: text, JSON, exit code
//!  target ─ pg::fingerprint ─ pg::read ─ drift::compare ─ scratch::spelling ─ policy ─▶ Report
//!         └ pg::count ─ invariant::judge ─────────────────────────────────────▶ InvariantReport
//! ```
//!
//! 1. [`watch`] has two tasks for each target, one for its schema and one for its rows. A task waits for its cron
//!    schedule (or for an operator, over [`http`]) and for a free connection, and gives a [`check::Checker`] its turn.
//! 2. [`check`] asks [`pg::fingerprint`] whether any catalog row has changed. If none has, the last answer stands.
//! 3. Else [`pg::read`] reads everything in one read-only snapshot into a [`catalog::Catalog`]. Definitions are spelled
//!    by PostgreSQL itself; what is locked right now is busy, and nothing waits for it.
//! 4. [`expected`] gives the other catalog, each content evaluated once ([`expected::Store`]), read by the same code
//!    from a scratch database ([`pg::scratch`], on a throwaway [`pg::scratch::server`]), from a snapshot, or from a
//!    reference database.
//! 5. [`drift::compare`] says what differs, with the consequence of each difference. Where two texts of an expression
//!    can be two spellings of one (`drift/spelling.rs` rules out most), [`pg::scratch::spelling`] builds both sides in
//!    scratch ([`domain::render`], [`pg::scratch::rebuild`]) and looks again. [`drift::conflict`] finds expectations
//!    that fight each other, [`drift::uncompared`] objects without a model that one side lacks (verdict `uncompared`, in
//!    `daemon/check.rs`; no policy applies to them). [`drift::policy`] applies what the operator has decided.
//! 6. [`pg::count`] counts rows, in short transactions, and [`domain::invariant`] judges the counts.
//! 7. The [`domain::report::Report`] is published, the last one wins. Every face reads what was published and nothing
//!    else: [`metrics`], [`http`], [`alert`] with [`effects::notify`]. No request for a verdict or for drift queries a
//!    target; one for a plan may. [`state`] keeps over a restart what must not be forgotten: when a drift was first
//!    seen.
//!
//! # How a plan is made and applied
//!
//! ```text
//!  expected ─┐                    ┌─▶ plan::text, plan::script, JSON
//!  live ─────┼─ drift ─▶ plan::make ─▶ a Plan ─▶ rehearse (scratch) ─▶ pg::apply (live) ─▶ check: does it hold?
//!  pg::survey┘  fix.sql ─▶ plan::handwritten ┘ └─▶ pg::ask: what blocks it        └─ state: old values ─▶ put back
//! ```
//!
//! 1. [`fix`] reads both catalogs, the drift that policies leave, and with [`pg::survey`] what a planner must know
//!    besides (sizes, rights, the server's `deadlock_timeout`). Together they are a [`plan::Situation`]. While a target's
//!    catalogs are as they were at its last plan, the live catalog is not read again (`daemon/observed.rs`); the gate always
//!    reads it.
//! 2. [`plan::make`] gives each drift to the recipe of its kind. Recipes produce actions: segments of steps, with the
//!    objects that they make, unmake and need. `plan/order.rs` sorts them by these, `plan/finish.rs` completes the plan
//!    and gives it its id, and [`plan::check`] refuses what no recipe may do. [`plan::handwritten`] makes a plan of a
//!    script instead.
//! 3. Questions about rows (duplicates, orphans) are data in the plan. [`pg::ask`] asks them; a no blocks the plan.
//! 4. [`pg::scratch::rehearse`] rebuilds the live schema in scratch, with a few made rows, and applies the plan to it
//!    with the same executor.
//! 5. [`pg::apply`] carries it out: three sessions: one holds the lease on the database, one works, one observes it.
//!    Each step is looked at before and after, by the one condition ([`plan::condition`]) that the psql script also
//!    asks. Values that a step changes for good are given to a keeper first, which is [`state`].
//! 6. A full [`check`] says whether the drift is gone. No step is believed.
//!
//! # How a remediation goes
//!
//! ```text
//!  http, cli::remote ─▶ remediate ─▶ runbook: which phase next ─▶ phases: fix, effects::{degrade, backup, smoke}, pg::probe
//!                          ▲  └────── journal ──▶ state: intent before, outcome after ──▶ report, events, metrics
//!                          └── the next start, or another daemon: an intent without an outcome is carried out again
//! ```
//!
//! [`remediate`] walks through the table of [`runbook`], one task for each remediation. The [`runbook::journal`] is all that
//! it knows, so that a crash loses nothing; [`state`] keeps it, in SQLite or PostgreSQL. The way back is a plan like
//! any other, made from the snapshot that the gate has kept; a restore from the backup is `effects/backup/restore.rs`, and
//! `rehearsal.rs` beside it tries it in scratch first.
//! Tokens and scopes are looked at in `http/auth.rs`, approvals in `daemon/remediate.rs` and at the gate.
//!
//! # Where to change what
//!
//! - A new fact about an object: its file in [`catalog`] (`defined.rs` for what one statement creates and of which nothing
//!   else is known, policies and publications among it; their severities are in `kind.rs`) says what it is and how bad a
//!   difference is; `sql/catalog/*.sql`
//!   and `pg/read/*.rs` read it, each row into a `row!` whose fields are named as the columns; `domain/render/`
//!   builds it in scratch; `domain/plan/recipe/` and `domain/plan/step/` change it. A case in `tests/cases/drift/` and
//!   one in `tests/cases/fix/`.
//!   A setting of a column (storage, compression, …) is an entry of `Column::options`: `pg/read/columns.rs` reads it,
//!   `render/options.rs` and `plan/step/reloptions.rs` each spell its DDL, `render/table.rs` lists what children take over.
//! - A new kind of object: its row in `domain/catalog/kind.rs` (and in `CLASSES` there and `Object::class`, where it is
//!   identified in a way of its own), from which words, owners, comments, privileges, dependencies and the signs of a
//!   change follow. What one statement creates also has its file in `sql/catalog/`, read by `pg/read/printed.rs` or
//!   `defined.rs`, and its rules in `domain/plan/step/defined.rs`. The compiler or a test names what is forgotten.
//! - A recipe: its file in `domain/plan/recipe/`, named after the kind of object (`rebuild` for what has to be dropped
//!   and made again, `stale` for what a replaced function has computed); `domain/plan/make.rs` sends the drift there.
//!   Recipes do not import each other: steps that several of them make are in `domain/plan/step/`. What a step ensures
//!   is a condition of [`plan::condition`]. A case in `tests/cases/fix/` shows that it converges.
//! - What a step does, as data: [`plan::effect`]. Order, safety check, sessions and rehearsal decide by it, never by
//!   the words of a step; `domain/plan/tests/cases.txt` shows plans of small schemas in these terms,
//!   `domain/plan/check/tests.rs` each promise broken.
//! - The lock timeout of a step, its statement timeout and its tries: `Limits` in `domain/plan.rs`, chosen in
//!   `domain/plan/action.rs` (for scripts in `handwritten.rs`), and `domain/plan/finish.rs` keeps them below the server's
//!   `deadlock_timeout`; `pg/apply/transaction.rs` makes one budget of a transaction's. The target's `lock_timeout` is
//!   for checks and probes.
//! - How a plan is shown: `domain/plan/text.rs`, `domain/plan/script.rs`; the rest of what an operator reads is in
//!   [`cli`].
//! - How statements are sent, tried again and given up: `pg/apply/` (`Run::again` and `retry.rs` decide). Nothing there
//!   knows why they are in the plan.
//! - How bad a difference is: [`catalog::Facts`], beside the object; of what one statement creates,
//!   `known([missing, changed, unexpected])` in its row of `domain/catalog/kind.rs`. What the operator may say about it:
//!   [`drift::policy`].
//! - A metric: [`metrics`], and nothing else. An alert, its text and its page: [`alert`] (`domain/alert/text.rs`; `effects/notify/message.rs`
//!   puts it into Alertmanager's form, without confidential words) and
//!   `config/rules/`, under one name; what a dead daemon cannot push is in the rules alone. What `apply` keeps without
//!   a configuration: `cli/arguments.rs`.
//! - A phase: [`runbook`] (what follows it), `daemon/remediate/phases.rs` and `phases/` (what it does),
//!   `daemon/remediate/walk.rs` (the order, the journal, what is tried again). A way to degrade an application:
//!   `effects/degrade/`, by the database itself `pg/degrade.rs`.
//! - A configuration key: `daemon/config/raw.rs` (as written); `build.rs`, `server.rs`, `target.rs` and `runbook.rs`
//!   beside it (as meant).
//! - SQL stands in `sql/`, headed by its purpose, locks, cost and least server version. Names and values get into SQL
//!   text through [`domain::name`] alone, and only [`pg`] runs SQL that was put together.
//!
//! Unknown is never healthy: a check that failed, was partial or is late is a report that says so, and resolves
//! nothing.
//!
//! [`alert`]: domain::alert
//! [`catalog`]: domain::catalog
//! [`catalog::Catalog`]: domain::catalog::Catalog
//! [`catalog::Facts`]: domain::catalog::Facts
//! [`catalog::Kind`]: domain::catalog::Kind
//! [`check`]: daemon::check
//! [`check::Checker`]: daemon::check::Checker
//! [`config`]: daemon::config
//! [`drift`]: domain::drift
//! [`drift::compare`]: domain::drift::compare
//! [`drift::conflict`]: domain::drift::conflict
//! [`drift::policy`]: domain::drift::policy
//! [`drift::uncompared`]: domain::drift::uncompared
//! [`expected`]: daemon::expected
//! [`expected::Store`]: daemon::expected::Store
//! [`fix`]: daemon::fix
//! [`metrics`]: daemon::metrics
//! [`plan`]: domain::plan
//! [`plan::Situation`]: domain::plan::Situation
//! [`plan::check`]: domain::plan::check
//! [`plan::condition`]: domain::plan::condition
//! [`plan::effect`]: domain::plan::effect
//! [`plan::handwritten`]: domain::plan::handwritten
//! [`plan::make`]: domain::plan::make
//! [`remediate`]: daemon::remediate
//! [`runbook`]: domain::runbook
//! [`runbook::journal`]: domain::runbook::journal
//! [`watch`]: daemon::watch

pub mod cli;
pub mod daemon;
pub mod domain;
pub mod effects;
pub mod files;
#[cfg(test)]
mod fixture;
pub mod http;
pub mod pg;
pub mod state;
