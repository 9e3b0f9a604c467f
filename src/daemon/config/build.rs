//! From the parsed file to a `Config`. Collects every problem instead of stopping at the first one.

use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::builder::{Builder, spanned_or};
use super::text::Document;
use super::{Alertmanager, Config, Endpoint, Limits, Log, Problem, Target, place, raw, secret, server, target, token};
use crate::daemon::check::Known;
use crate::domain::alert::DRIFT_FOR;
use crate::domain::drift::policy::{Action, Policy};
use crate::pg::scratch::ScratchConfig;
use crate::state::StateLocation;

const STATE_PATH: &str = "state/schemawarden.db";
const LOG_LEVEL: &str = "info";
const MAX_CONNECTIONS: usize = 64;
const CONNECTIONS: RangeInclusive<usize> = 2..=10_000;
const ALERT_INTERVAL: Duration = Duration::from_mins(1);

/// Builds the configuration from the text of the file at `path` (absolute). `lookup` gives environment variables.
pub fn build(
    path: &Path,
    text: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
    now: DateTime<Utc>,
) -> Result<Config, Vec<Problem>> {
    let (document, tree) = Document::parse(text, lookup)?;
    let file = raw::File::deserialize(toml::Deserializer::from(tree)).map_err(|error| vec![document.syntax(&error)])?;
    let base = path.parent().unwrap_or(Path::new("/"));
    let mut builder =
        Builder { document: &document, base, now, problems: Vec::new(), warnings: Vec::new(), unfit: Vec::new() };
    match config(&mut builder, path, &file) {
        Some(config) if builder.problems.is_empty() => Ok(config),
        _ => {
            builder.problems.sort();
            Err(builder.problems)
        }
    }
}

fn config(builder: &mut Builder, path: &Path, file: &raw::File) -> Option<Config> {
    let state = state(builder, &file.state);
    let server = server::server(builder, &file.server);
    let log = log(builder, &file.log);
    let scratch = scratch(builder, &file.scratch);
    let limits = limits(builder, &file.limits);
    let alertmanager = file.alertmanager.as_ref().map(|written| alertmanager(builder, written));
    let policies: Vec<_> = file.policy.iter().map(|written| policy(builder, written)).collect();
    let targets = target::targets(builder, file);
    if let (Some(written), Some(url)) = (&file.scratch.url, scratch.as_ref().and_then(|it| it.url.as_ref()))
        && let Some(target) = targets.iter().flatten().find(|target| target.source.is_same_server(url))
    {
        let message = format!(
            "scratch.url leads to the server of target `{}`: what is evaluated in scratch would run there. Leave it out \
             for a private server, or name another server",
            target.name
        );
        builder.fail(written.span(), message);
    }
    state_outside(builder, &file.state, state.as_ref(), &targets);
    let tokens = token::tokens(builder, &file.token);
    for policy in policies.iter().flatten() {
        let matches = |target: &Target| policy.target.as_ref().is_none_or(|glob| glob.matches(&target.name));
        if !targets.iter().flatten().any(matches) {
            builder.warnings.push(format!("the [[policy]] for `{}` applies to no target", policy.object));
        }
    }
    Some(Config {
        path: path.to_owned(),
        server: server?,
        state: state?,
        log: log?,
        scratch: scratch?,
        limits: limits?,
        alertmanager: match alertmanager {
            Some(alertmanager) => Some(alertmanager?),
            None => None,
        },
        targets: targets.into_iter().collect::<Option<_>>()?,
        policies: policies.into_iter().collect::<Option<_>>()?,
        tokens: tokens?,
        warnings: std::mem::take(&mut builder.warnings),
        unfit: std::mem::take(&mut builder.unfit),
        known: Known::default(),
    })
}

fn state(builder: &mut Builder, written: &raw::State) -> Option<StateLocation> {
    match (&written.path, &written.url, &written.url_file) {
        (file, None, None) => {
            let (span, path) = spanned_or(file.as_ref(), STATE_PATH);
            let path = builder.path(path);
            place::state_file(builder, span, &path);
            Some(StateLocation::File(path))
        }
        (None, Some(url), None) => {
            Some(StateLocation::Server(builder.source(url.span(), &url.get_ref().as_str().into())?))
        }
        (None, None, Some(file)) => {
            let url = secret::secret(builder, file)?;
            Some(StateLocation::Server(builder.source(file.span(), &url)?))
        }
        (_, Some(one), _) | (Some(one), _, _) => {
            let message = "give only one of `path` (a SQLite file), `url` and `url_file` (a PostgreSQL database)";
            builder.fail(one.span(), message);
            None
        }
    }
}

/// Refuses a state store that a restore of the target would overwrite.
fn state_outside(
    builder: &mut Builder,
    written: &raw::State,
    state: Option<&StateLocation>,
    targets: &[Option<Target>],
) {
    let Some(StateLocation::Server(store)) = state else { return };
    let within = targets.iter().flatten().find(|target| {
        target.source.address() == store.address()
            || target.fixing.source.as_ref().is_some_and(|fixing| fixing.address() == store.address())
    });
    if let (Some(target), Some(place)) = (within, written.url.as_ref().or(written.url_file.as_ref())) {
        let message = format!(
            "the state store is in the database of target `{}`, and would be lost when that is restored from a \
             backup: give it a database of its own",
            target.name
        );
        builder.fail(place.span(), message);
    }
}

fn log(builder: &mut Builder, written: &raw::Log) -> Option<Log> {
    let (span, level) = spanned_or(written.level.as_ref(), LOG_LEVEL);
    builder.take(span, crate::daemon::telemetry::filter(level).map_err(|error| format!("log.level: {error}")))?;
    Some(Log { format: written.format, level: level.to_owned() })
}

fn scratch(builder: &mut Builder, written: &raw::Scratch) -> Option<ScratchConfig> {
    if let (Some(_), Some(bin_dir)) = (&written.url, &written.bin_dir) {
        builder.fail(bin_dir.span(), "scratch has either `url` (a server) or `bin_dir` (binaries to start one)");
        return None;
    }
    let url = match &written.url {
        Some(url) => Some(builder.source(url.span(), &url.get_ref().as_str().into())?),
        None => None,
    };
    let bin_dir = written.bin_dir.as_ref().map(|folder| (folder.span(), builder.path(folder.get_ref())));
    if let Some((span, folder)) = bin_dir.clone().filter(|(_, folder)| !folder.is_dir()) {
        builder.fail(span, format!("{} is not a folder", folder.display()));
        return None;
    }
    Some(ScratchConfig { url, bin_dir: bin_dir.map(|(_, folder)| folder), ..ScratchConfig::default() })
}

fn limits(builder: &mut Builder, written: &raw::Limits) -> Option<Limits> {
    match &written.max_connections {
        Some(limit) if !CONNECTIONS.contains(limit.get_ref()) => {
            let (least, most) = (CONNECTIONS.start(), CONNECTIONS.end());
            let message = format!("max_connections must be {least} (one to check, one to count) to {most}");
            builder.fail(limit.span(), message);
            None
        }
        Some(limit) => Some(Limits { max_connections: *limit.get_ref() }),
        None => Some(Limits { max_connections: MAX_CONNECTIONS }),
    }
}

fn alertmanager(builder: &mut Builder, written: &raw::Alertmanager) -> Option<Alertmanager> {
    let urls: Vec<_> = written.urls.get_ref().iter().map(|url| builder.http_url(url).map(Endpoint)).collect();
    if urls.is_empty() {
        builder.fail(written.urls.span(), "alertmanager.urls is empty; leave out [alertmanager] to push no alerts");
    }
    let interval = match &written.interval {
        Some(interval) if interval.get_ref().0 < Duration::from_secs(1) => {
            builder.fail(interval.span(), "alertmanager.interval must be at least 1s");
            return None;
        }
        Some(interval) => interval.get_ref().0,
        None => ALERT_INTERVAL,
    };
    let drift_for = written.drift_for.as_ref().map_or(DRIFT_FOR, |span| span.0);
    Some(Alertmanager { urls: urls.into_iter().collect::<Option<_>>()?, interval, drift_for })
}

fn policy(builder: &mut Builder, written: &raw::Policy) -> Option<Policy> {
    let target = written.target.as_ref().map(|glob| builder.glob(glob));
    let object = builder.glob(&written.object);
    let action = Action::from(written.action);
    if action == Action::Ignore && written.reason.trim().is_empty() {
        builder.fail(written.object.span(), "a policy that ignores needs a `reason`: who reads it later must know why");
    }
    Some(Policy {
        target: match target {
            Some(target) => Some(target?),
            None => None,
        },
        object: object?,
        kind: written.kind,
        change: written.change.map(Into::into),
        action,
        reason: written.reason.clone(),
        until: written.until,
    })
}
