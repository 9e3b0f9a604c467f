//! The targets of the configuration: their sources, secrets, guards, schedules and invariants.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::ops::Range;
use std::time::Duration;

use serde::Serialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::builder::Builder;
use super::builder::{positive, unique};
use super::runbook::runbook;
use super::secret::{login, secret_of};
use super::{Fixing, InvariantConfig, Schedule, Target, place, raw};
use crate::daemon::expected::{ExpectedError, ExpectedSource};
use crate::domain::invariant::{Invariant, InvariantKind};
use crate::domain::name::{Name, QName};
use crate::pg::{Guards, Source};

const SCHEDULE: &str = "0 * * * * *";
const JITTER: Duration = Duration::from_secs(5);
const FULL_READ_EVERY: Duration = Duration::from_mins(10);
const COUNT_TIMEOUT: Duration = Duration::from_mins(10);
/// PostgreSQL's default `deadlock_timeout`. With a longer lock timeout, the deadlock detector may cancel the
/// application's transaction.
const DEADLOCK_TIMEOUT: Duration = Duration::from_secs(1);

pub fn targets(builder: &mut Builder, file: &raw::File) -> Vec<Option<Target>> {
    if file.target.is_empty() {
        builder.fail(0..0, "there is no [[target]]: nothing would be watched");
    }
    let mut seen = BTreeSet::new();
    for target in &file.target {
        unique(builder, &mut seen, &target.name, "target");
    }
    file.target.iter().map(|written| target(builder, file, written)).collect()
}

fn target(builder: &mut Builder, file: &raw::File, written: &raw::Target) -> Option<Target> {
    let mut identity = Sha256::new();
    let source = source(builder, written, &mut identity);
    let expected = written.expected.get_ref();
    let expected = builder.take(written.expected.span(), ExpectedSource::parse(expected, builder.base));
    let expected = match (expected, &written.migrations) {
        (Some(expected), Some(tool)) => builder.take(tool.span(), expected.read_as(tool.get_ref())),
        (expected, _) => expected,
    };
    match expected.as_ref().map(ExpectedSource::digest) {
        // The content is part of the identity, so that a reload notices an edited expectation.
        Some(Ok(digest)) => absorb(&mut identity, &digest),
        Some(Err(ExpectedError::Pattern { pattern, source })) => {
            builder.fail(written.expected.span(), format!("`{pattern}` is not a glob: {}", source.msg));
        }
        Some(Err(ExpectedError::Read { path, source })) if source.kind() == ErrorKind::InvalidInput => {
            builder.fail(written.expected.span(), format!("cannot read {}: {source}", path.display()));
        }
        Some(Err(error @ ExpectedError::TooLarge { .. })) => {
            builder.fail(written.expected.span(), error.to_string());
        }
        // The next deployment may bring the file; the other targets start without it.
        Some(Err(missing)) => builder.warnings.push(format!("target `{}`: {missing}", written.name.get_ref())),
        None => {}
    }
    let guards = guards(builder, written);
    let schedule = match &written.schedule {
        Some(text) => builder.take(text.span(), Schedule::parse(text.get_ref(), builder.now)),
        None => builder.take(0..0, Schedule::parse(SCHEDULE, builder.now)),
    };
    let jitter = schedule.as_ref().map(|schedule| jitter(builder, written, schedule));
    let fixing = fixing(builder, written, &mut identity);
    let fixing_role = fixing.as_ref().and_then(|fixing| fixing.source.as_ref()).or(source.as_ref()).cloned();
    let runbook = fixing_role.and_then(|fixing_role| runbook(builder, written, &fixing_role, &mut identity));
    let full_read_every = positive(builder, written.full_read_every.as_ref(), "full_read_every", FULL_READ_EVERY);
    if let Some(schemas) = written.schemas.as_ref().filter(|schemas| schemas.get_ref().is_empty()) {
        builder.fail(schemas.span(), "`schemas` is empty; leave it out to watch all that the expectation declares");
    }
    let mut seen = BTreeSet::new();
    for invariant in &written.invariant {
        unique(builder, &mut seen, &invariant.name, "invariant");
    }
    let invariants: Vec<_> = written.invariant.iter().map(|written| invariant(builder, written)).collect();

    let applies = |policy: &&raw::Policy| match &policy.target {
        Some(glob) => glob::Pattern::new(glob.get_ref()).is_ok_and(|glob| glob.matches(written.name.get_ref())),
        None => true,
    };
    absorb(&mut identity, written);
    absorb(&mut identity, &file.scratch);
    absorb(&mut identity, &file.policy.iter().filter(applies).collect::<Vec<_>>());
    Some(Target {
        name: written.name.get_ref().clone(),
        source: source?,
        guards: guards?,
        expected: expected?,
        scope: written.scope,
        schemas: written.schemas.as_ref().map(|schemas| schemas.get_ref().clone()),
        schedule: schedule?,
        jitter: jitter??,
        full_read_every: full_read_every?,
        fixing: fixing?,
        runbook: runbook?,
        invariants: invariants.into_iter().collect::<Option<_>>()?,
        identity: identity.finalize().into(),
    })
}

/// The hash stays in memory, so that it discloses no secret.
fn absorb(identity: &mut Sha256, written: &impl Serialize) {
    // Serialization cannot fail: these structs have string keys only.
    identity.update(serde_json::to_vec(written).unwrap_or_default());
    identity.update([0]);
}

fn source(builder: &mut Builder, written: &raw::Target, identity: &mut Sha256) -> Option<Source> {
    let source = match (&written.url, &written.url_file) {
        (Some(url), None) => builder.source(url.span(), &url.get_ref().as_str().into())?,
        (None, Some(file)) => {
            let url = secret_of(builder, file, identity)?;
            builder.source(file.span(), &url)?
        }
        _ => {
            builder.fail(written.name.span(), "give exactly one of `url` and `url_file`");
            return None;
        }
    };
    match &written.password_file {
        Some(file) => secret_of(builder, file, identity).map(|password| source.with_password(&password)),
        None => Some(source),
    }
}

fn fixing(builder: &mut Builder, written: &raw::Target, identity: &mut Sha256) -> Option<Fixing> {
    let source = login(builder, "fix_url", (&written.fix_url, &written.fix_url_file), identity).ok()?;
    let by_hand = written.fix.as_ref().map(|path| builder.path(path.get_ref()));
    if let (Some(path), Some(place)) = (&by_hand, &written.fix) {
        place::fix(builder, written.name.get_ref(), place.span(), path);
    }
    Some(Fixing { source, by_hand, orphans: written.orphans })
}

fn guards(builder: &mut Builder, written: &raw::Target) -> Option<Guards> {
    let default = Guards::default();
    let lock = positive(builder, written.lock_timeout.as_ref(), "lock_timeout", default.lock_timeout);
    let statement =
        positive(builder, written.statement_timeout.as_ref(), "statement_timeout", default.statement_timeout);
    let guards = Guards { lock_timeout: lock?, statement_timeout: statement? };
    if let Some(lock) = written.lock_timeout.as_ref().filter(|_| guards.lock_timeout >= DEADLOCK_TIMEOUT) {
        builder.fail(
            lock.span(),
            "lock_timeout must be below 1s, PostgreSQL's deadlock_timeout: beyond it, the server may kill the \
             application's transaction instead of ours",
        );
        return None;
    }
    if let Some(statement) =
        written.statement_timeout.as_ref().filter(|_| guards.statement_timeout <= guards.lock_timeout)
    {
        builder.fail(statement.span(), "statement_timeout must be longer than lock_timeout");
        return None;
    }
    Some(guards)
}

fn jitter(builder: &mut Builder, written: &raw::Target, schedule: &Schedule) -> Option<Duration> {
    let pause = schedule.shortest_pause(builder.now);
    match &written.jitter {
        Some(jitter) if jitter.get_ref().0 >= pause => {
            let message = format!("jitter must be shorter than the {} s between two checks", pause.as_secs());
            builder.fail(jitter.span(), message);
            None
        }
        Some(jitter) => Some(jitter.get_ref().0),
        // The default jitter shrinks with a frequent schedule.
        None => Some(JITTER.min(pause / 4)),
    }
}

fn invariant(builder: &mut Builder, written: &raw::Invariant) -> Option<InvariantConfig> {
    let kind = match (&written.child, &written.sql) {
        (Some(child), None) => reference(builder, written, child),
        (None, Some(sql)) => query(builder, written, sql),
        _ => {
            builder.fail(
                written.name.span(),
                "an invariant is either a reference (`child`, `columns`, `parent`, `parent_columns`) or a counting \
                 query (`sql`)",
            );
            None
        }
    };
    let schedule = match &written.schedule {
        Some(text) => Some(builder.take(text.span(), Schedule::parse(text.get_ref(), builder.now))),
        None => None,
    };
    let timeout = positive(builder, written.timeout.as_ref(), "timeout", COUNT_TIMEOUT);
    Some(InvariantConfig {
        invariant: Invariant { name: written.name.get_ref().clone(), kind: kind?, timeout: timeout? },
        schedule: match schedule {
            Some(schedule) => Some(schedule?),
            None => None,
        },
    })
}

fn reference(builder: &mut Builder, written: &raw::Invariant, child: &Spanned<String>) -> Option<InvariantKind> {
    refuse(builder, written.max.as_ref().map(Spanned::span), "`max` belongs to `sql`; here it is `max_dangling`");
    let (Some(columns), Some(parent), Some(parent_columns)) =
        (&written.columns, &written.parent, &written.parent_columns)
    else {
        builder.fail(written.name.span(), "a reference needs `child`, `columns`, `parent` and `parent_columns`");
        return None;
    };
    let (child, parent) = (relation(builder, child), relation(builder, parent));
    let (names, parent_names) = (names(builder, columns), names(builder, parent_columns));
    if columns.get_ref().is_empty() || columns.get_ref().len() != parent_columns.get_ref().len() {
        builder
            .fail(columns.span(), "`columns` and `parent_columns` must name the same number of columns, at least one");
        return None;
    }
    Some(InvariantKind::Reference {
        child: child?,
        columns: names?,
        parent: parent?,
        parent_columns: parent_names?,
        max_dangling: written.max_dangling.as_ref().map_or(0, |max| *max.get_ref()),
        max_null: written.max_null.as_ref().map(|max| *max.get_ref()),
        estimate: written.estimate.as_ref().is_some_and(|estimate| *estimate.get_ref()),
    })
}

fn query(builder: &mut Builder, written: &raw::Invariant, sql: &Spanned<String>) -> Option<InvariantKind> {
    for (key, span) in [
        ("columns", written.columns.as_ref().map(Spanned::span)),
        ("parent", written.parent.as_ref().map(Spanned::span)),
        ("parent_columns", written.parent_columns.as_ref().map(Spanned::span)),
        ("max_dangling", written.max_dangling.as_ref().map(Spanned::span)),
        ("max_null", written.max_null.as_ref().map(Spanned::span)),
        ("estimate", written.estimate.as_ref().map(Spanned::span)),
    ] {
        refuse(builder, span, &format!("`{key}` belongs to a reference (`child` …), not to `sql`"));
    }
    if sql.get_ref().trim().is_empty() {
        builder.fail(sql.span(), "`sql` is empty");
        return None;
    }
    let max = written.max.as_ref().map_or(0, |max| *max.get_ref());
    Some(InvariantKind::Query { sql: sql.get_ref().clone(), max })
}

fn refuse(builder: &mut Builder, written: Option<Range<usize>>, message: &str) {
    if let Some(span) = written {
        builder.fail(span, message);
    }
}

fn relation(builder: &mut Builder, written: &Spanned<String>) -> Option<QName> {
    builder.take(written.span(), written.get_ref().parse())
}

fn names(builder: &mut Builder, written: &Spanned<Vec<String>>) -> Option<Vec<Name>> {
    let unquoted = |name: &&String| !name.starts_with('"') && name.contains(char::is_whitespace);
    if let Some(name) = written.get_ref().iter().find(unquoted) {
        builder.fail(written.span(), format!("`{name}` is no name without double quotes: write '\"{name}\"'"));
        return None;
    }
    let parsed =
        written.get_ref().iter().map(|name| name.parse()).collect::<Result<_, crate::domain::name::NameError>>();
    builder.take(written.span(), parsed)
}
