//! The builder that every part of the configuration uses: it resolves paths and collects every problem, instead of
//! stopping at the first one.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use toml::Spanned;
use url::Url;

use super::text::Document;
use super::{Problem, raw};
use crate::pg::Source;
use crate::pg::connect::has_nul;

/// Names are used as label values and in URLs.
const NAME_LIMIT: usize = 63;
/// Whenever one of its methods returns `None`, it has added at least one entry to `problems`.
pub struct Builder<'a> {
    pub document: &'a Document<'a>,
    /// The folder of the file: relative paths start here.
    pub base: &'a Path,
    pub now: DateTime<Utc>,
    pub problems: Vec<Problem>,
    pub warnings: Vec<String>,
    pub unfit: Vec<Problem>,
}

impl Builder<'_> {
    pub fn fail(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.problems.push(self.document.problem(&span, message));
    }

    /// A problem of this host, not of the file, that the daemon cannot work with.
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

    pub fn http_url(&mut self, written: &Spanned<String>) -> Option<Url> {
        // The text is never quoted: it may hold a password.
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

    pub fn glob(&mut self, written: &Spanned<String>) -> Option<glob::Pattern> {
        let text = written.get_ref();
        self.take(
            written.span(),
            glob::Pattern::new(text).map_err(|error| format!("`{text}` is not a glob: {}", error.msg)),
        )
    }

    pub fn source(&mut self, span: Range<usize>, url: &SecretString) -> Option<Source> {
        self.take(span, Source::parse(url))
    }
}

/// The written value and its span, or the default (which is always valid, so that its span is never shown).
pub fn spanned_or<'a>(written: Option<&'a Spanned<String>>, default: &'a str) -> (Range<usize>, &'a str) {
    written.map_or((0..0, default), |value| (value.span(), value.get_ref().as_str()))
}

/// Whether `text` is a valid name of a target, an invariant or a token.
pub fn is_name(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    !text.is_empty() && text.len() <= NAME_LIMIT && text.chars().all(legal) && !text.starts_with(['-', '_'])
}

pub fn unique<'a>(builder: &mut Builder, seen: &mut BTreeSet<&'a str>, name: &'a Spanned<String>, what: &str) {
    let text = name.get_ref();
    if !is_name(text) {
        builder.fail(
            name.span(),
            format!(
                "`{text}` cannot name a {what}: use 1 to {NAME_LIMIT} lower-case letters, digits, `_` and `-`, \
                 starting with a letter or a digit (it becomes a label and a part of URLs)"
            ),
        );
    }
    if !seen.insert(text) {
        builder.fail(name.span(), format!("a second {what} named `{text}`"));
    }
}

/// A written duration that must not be zero.
pub fn positive(
    builder: &mut Builder,
    written: Option<&Spanned<raw::Span>>,
    key: &str,
    default: Duration,
) -> Option<Duration> {
    match written {
        Some(span) if span.get_ref().0.is_zero() => {
            builder.fail(span.span(), format!("{key} must be longer than nothing"));
            None
        }
        Some(span) => Some(span.get_ref().0),
        None => Some(default),
    }
}
