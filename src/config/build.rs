//! From what was written to what it means. Collects every problem instead of stopping at the first one.

use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::text::Document;
use super::{Alertmanager, Config, Endpoint, Limits, Log, Problem, Target, place, raw, server, target, token};
use crate::files;
use crate::pg::Source;
use crate::pg::connect::has_nul;
use crate::pg::scratch::ScratchConfig;
use crate::policy::{Action, Policy};
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
    match builder.config(path, &file) {
        Some(config) if builder.problems.is_empty() => Ok(config),
        _ => {
            builder.problems.sort();
            Err(builder.problems)
        }
    }
}

/// The `None`s of its methods each come with at least one entry in `problems`.
pub struct Builder<'a> {
    document: &'a Document<'a>,
    /// The folder of the file: relative paths start here.
    pub base: &'a Path,
    pub now: DateTime<Utc>,
    problems: Vec<Problem>,
    pub warnings: Vec<String>,
    unfit: Vec<Problem>,
}

impl Builder<'_> {
    pub fn fail(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.problems.push(self.document.problem(&span, message));
    }

    /// What the daemon cannot work with on this host, as it is now.
    pub fn unfit(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.unfit.push(self.document.problem(&span, message));
    }

    /// The value, or `None` and a problem at `span`.
    pub fn take<T>(&mut self, span: Range<usize>, result: Result<T, impl Display>) -> Option<T> {
        result.map_err(|error| self.fail(span, error.to_string())).ok()
    }

    pub fn path(&self, written: &str) -> PathBuf {
        self.base.join(written)
    }

    fn config(&mut self, path: &Path, file: &raw::File) -> Option<Config> {
        let state = self.state(&file.state);
        let server = server::server(self, &file.server);
        let log = self.log(&file.log);
        let scratch = self.scratch(&file.scratch);
        let limits = self.limits(&file.limits);
        let alertmanager = file.alertmanager.as_ref().map(|written| self.alertmanager(written));
        let policies: Vec<_> = file.policy.iter().map(|written| self.policy(written)).collect();
        let targets = target::targets(self, file);
        if let (Some(written), Some(url)) = (&file.scratch.url, scratch.as_ref().and_then(|it| it.url.as_ref()))
            && let Some(target) = targets.iter().flatten().find(|target| target.source.is_same_server(url))
        {
            let message = format!(
                "scratch.url leads to the server of target `{}`: what is evaluated in scratch would run there. Leave it out \
                 for a private server, or name another server",
                target.name
            );
            self.fail(written.span(), message);
        }
        self.state_outside(&file.state, state.as_ref(), &targets);
        let tokens = token::tokens(self, &file.token);
        for policy in policies.iter().flatten() {
            let matches = |target: &Target| policy.target.as_ref().is_none_or(|glob| glob.matches(&target.name));
            if !targets.iter().flatten().any(matches) {
                self.warnings.push(format!("the [[policy]] for `{}` applies to no target", policy.object));
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
            warnings: std::mem::take(&mut self.warnings),
            unfit: std::mem::take(&mut self.unfit),
        })
    }

    fn state(&mut self, written: &raw::State) -> Option<StateLocation> {
        match (&written.path, &written.url, &written.url_file) {
            (file, None, None) => {
                let (span, path) = spanned_or(file.as_ref(), STATE_PATH);
                let path = self.path(path);
                place::state_file(self, span, &path);
                Some(StateLocation::File(path))
            }
            (None, Some(url), None) => {
                Some(StateLocation::Server(self.source(url.span(), &url.get_ref().as_str().into())?))
            }
            (None, None, Some(file)) => {
                let url = self.secret(file)?;
                Some(StateLocation::Server(self.source(file.span(), &url)?))
            }
            (_, Some(one), _) | (Some(one), _, _) => {
                let message = "give only one of `path` (a SQLite file), `url` and `url_file` (a PostgreSQL database)";
                self.fail(one.span(), message);
                None
            }
        }
    }

    /// Refuses a store that stands in the way of a restore.
    fn state_outside(&mut self, written: &raw::State, state: Option<&StateLocation>, targets: &[Option<Target>]) {
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
            self.fail(place.span(), message);
        }
    }

    fn log(&mut self, written: &raw::Log) -> Option<Log> {
        let (span, level) = spanned_or(written.level.as_ref(), LOG_LEVEL);
        self.take(span, crate::telemetry::filter(level).map_err(|error| format!("log.level: {error}")))?;
        Some(Log { format: written.format, level: level.to_owned() })
    }

    fn scratch(&mut self, written: &raw::Scratch) -> Option<ScratchConfig> {
        if let (Some(_), Some(bin_dir)) = (&written.url, &written.bin_dir) {
            self.fail(bin_dir.span(), "scratch has either `url` (a server) or `bin_dir` (binaries to start one)");
            return None;
        }
        let url = match &written.url {
            Some(url) => Some(self.source(url.span(), &url.get_ref().as_str().into())?),
            None => None,
        };
        let bin_dir = written.bin_dir.as_ref().map(|folder| (folder.span(), self.path(folder.get_ref())));
        if let Some((span, folder)) = bin_dir.clone().filter(|(_, folder)| !folder.is_dir()) {
            self.fail(span, format!("{} is not a folder", folder.display()));
            return None;
        }
        Some(ScratchConfig { url, bin_dir: bin_dir.map(|(_, folder)| folder), ..ScratchConfig::default() })
    }

    fn limits(&mut self, written: &raw::Limits) -> Option<Limits> {
        match &written.max_connections {
            Some(limit) if !CONNECTIONS.contains(limit.get_ref()) => {
                let (least, most) = (CONNECTIONS.start(), CONNECTIONS.end());
                let message = format!("max_connections must be {least} (one to check, one to count) to {most}");
                self.fail(limit.span(), message);
                None
            }
            Some(limit) => Some(Limits { max_connections: *limit.get_ref() }),
            None => Some(Limits { max_connections: MAX_CONNECTIONS }),
        }
    }

    fn alertmanager(&mut self, written: &raw::Alertmanager) -> Option<Alertmanager> {
        let urls: Vec<_> = written.urls.get_ref().iter().map(|url| self.http_url(url).map(Endpoint)).collect();
        if urls.is_empty() {
            self.fail(written.urls.span(), "alertmanager.urls is empty; leave out [alertmanager] to push no alerts");
        }
        let interval = match &written.interval {
            Some(interval) if interval.get_ref().0 < Duration::from_secs(1) => {
                self.fail(interval.span(), "alertmanager.interval must be at least 1s");
                return None;
            }
            Some(interval) => interval.get_ref().0,
            None => ALERT_INTERVAL,
        };
        Some(Alertmanager { urls: urls.into_iter().collect::<Option<_>>()?, interval })
    }

    pub fn http_url(&mut self, written: &Spanned<String>) -> Option<Url> {
        // Never the text itself: it may hold a password.
        let url =
            self.take(written.span(), Url::parse(written.get_ref()).map_err(|error| format!("not a URL: {error}")))?;
        if has_nul(written.get_ref()) {
            self.fail(written.span(), "it holds a NUL character (%00): no URL does");
            return None;
        }
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            self.fail(written.span(), "not a URL that starts with http:// or https:// and names a host");
            return None;
        }
        Some(url)
    }

    fn policy(&mut self, written: &raw::Policy) -> Option<Policy> {
        let target = written.target.as_ref().map(|glob| self.glob(glob));
        let object = self.glob(&written.object);
        let action = Action::from(written.action);
        if action == Action::Ignore && written.reason.trim().is_empty() {
            self.fail(
                written.object.span(),
                "a policy that ignores needs a `reason`: who reads it later must know why",
            );
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

    fn glob(&mut self, written: &Spanned<String>) -> Option<glob::Pattern> {
        let text = written.get_ref();
        self.take(
            written.span(),
            glob::Pattern::new(text).map_err(|error| format!("`{text}` is not a glob: {}", error.msg)),
        )
    }

    /// The content of a secret file, without the newline that editors leave at the end.
    pub fn secret(&mut self, file: &Spanned<String>) -> Option<SecretString> {
        let path = self.path(file.get_ref());
        let read = files::read_text(&path, files::SMALL);
        let read = read.map_err(|error| format!("cannot read {}: {error}", path.display()));
        let text = self.take(file.span(), read)?;
        place::warn_if_open(self, &path);
        if text.contains('\0') {
            self.fail(file.span(), format!("{} holds a NUL character, which no secret can", path.display()));
            return None;
        }
        let text = SecretString::from(text.trim_end_matches(['\r', '\n']));
        if text.expose_secret().is_empty() {
            self.fail(file.span(), format!("{} is empty", path.display()));
            return None;
        }
        Some(text)
    }

    pub fn source(&mut self, span: Range<usize>, url: &SecretString) -> Option<Source> {
        self.take(span, Source::parse(url))
    }
}

/// The written value and its place, or the default (which is never at fault, so its place does not matter).
pub fn spanned_or<'a>(written: Option<&'a Spanned<String>>, default: &'a str) -> (Range<usize>, &'a str) {
    written.map_or((0..0, default), |value| (value.span(), value.get_ref().as_str()))
}
