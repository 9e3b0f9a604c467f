//! The texts of alerts: what is wrong, since when, where to look and which command to run.
//!
//! Object names may contain any character: control characters are escaped, so that no name can forge a line of a
//! message.

use chrono::{DateTime, SecondsFormat, Utc};
use url::Url;

use crate::domain::catalog::Severity;
use crate::domain::report::{Drift, InvariantReport, PlanSummary, TargetStatus};
use crate::domain::runbook::journal::{Degraded, RemediationStatus, UnderWay};

/// Objects that an alert names; further ones are only counted.
const NAMED_OBJECTS: usize = 20;

/// Links of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The URL of this program for people.
    pub external_url: Url,
    /// The configuration file, quoted for a command.
    pub config_file: String,
}

/// The annotations of an alert. All of them may change while the alert stays the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotations {
    pub summary: String,
    pub description: String,
    /// RFC 3339
    pub since: String,
    /// The state behind the alert, as JSON.
    pub link: String,
    /// A shell command that checks again, or that repairs what is wrong.
    pub command: String,
    /// The plan that would end the drift.
    pub plan: Option<PlanSummary>,
}

impl Links {
    /// `<external_url>/api/v1/targets/<target>`, with the path `rest`.
    fn to(&self, target: &TargetStatus, rest: &[&str]) -> String {
        self.api(&[&["targets", &*target.name], rest].concat())
    }

    fn api(&self, rest: &[&str]) -> String {
        let mut url = self.external_url.clone();
        // Only a URL like `mailto:` has no path, and the configuration refuses it.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v1"]).extend(rest);
        }
        url.into()
    }

    fn check(&self, target: &TargetStatus) -> String {
        self.check_target(&target.name)
    }

    fn check_target(&self, target: &str) -> String {
        let (config, target) = (shell_word(&self.config_file), shell_word(target));
        format!("schemawarden check --config {config} --target {target}")
    }

    /// A shell command that ends the drift of `target`. Without a plan that is ready to apply, it shows the plan, or
    /// checks again.
    pub fn remediate_command(&self, target: &TargetStatus) -> String {
        match &target.plan {
            Some(plan) if plan.is_ready() => self.remediate(target, plan),
            Some(_) => self.look(target),
            None => self.check(target),
        }
    }

    /// For a plan that is blocked, or has hazards that must be allowed.
    fn look(&self, target: &TargetStatus) -> String {
        let (config, target) = (shell_word(&self.config_file), shell_word(&target.name));
        format!("schemawarden plan --config {config} --target {target}")
    }

    fn remediate(&self, target: &TargetStatus, plan: &PlanSummary) -> String {
        let (server, target) = (shell_word(self.external_url.as_str()), shell_word(&target.name));
        format!("schemawarden remediate --server {server} --target {target} --plan {} --follow", shell_word(&plan.id))
    }

    fn report(&self, remediation: &str) -> String {
        format!("curl -sS {}", shell_word(&self.api(&["remediations", remediation, "report.md"])))
    }
}

pub(super) fn drift(
    target: &TargetStatus,
    severity: Severity,
    drifts: &[&Drift],
    since: DateTime<Utc>,
    links: &Links,
) -> Annotations {
    let total = drifts.len();
    let named: Vec<_> = drifts.iter().take(NAMED_OBJECTS).map(|drift| name(drift)).collect();
    let more = match total.saturating_sub(NAMED_OBJECTS) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let differs = if total == 1 { "object differs" } else { "objects differ" };
    Annotations {
        summary: format!("{total} {severity} {differs} from the schema expected of {}", one_line(&target.name)),
        description: format!("{}{more}. First seen {}.", named.join(", "), minutes(since)),
        since: rfc3339(since),
        link: links.to(target, &["drift"]),
        command: links.remediate_command(target),
        plan: target.plan.clone(),
    }
}

pub(super) fn invariant(
    target: &TargetStatus,
    invariant: &InvariantReport,
    since: DateTime<Utc>,
    links: &Links,
) -> Annotations {
    let counts: Vec<_> = invariant.counts.iter().map(|(reason, rows)| format!("{reason} {rows}")).collect();
    let how = if invariant.estimated { "estimated" } else { "counted" };
    let relation = invariant.relation.as_ref().map(|relation| format!(" in {}", one_line(relation)));
    let detail = invariant.detail.as_ref().map(|detail| format!(" {}", one_line(detail)));
    Annotations {
        summary: format!(
            "invariant {} of {} is violated: {} rows too many",
            one_line(&invariant.name),
            one_line(&target.name),
            invariant.excess
        ),
        description: format!(
            "Rows {how}{}: {}. Violated since {}.{}",
            relation.unwrap_or_default(),
            counts.join(", "),
            minutes(since),
            detail.unwrap_or_default()
        ),
        since: rfc3339(since),
        link: links.to(target, &[]),
        command: links.check(target),
        plan: None,
    }
}

pub(super) fn target_down(target: &TargetStatus, since: DateTime<Utc>, links: &Links) -> Annotations {
    Annotations {
        summary: format!("database {} cannot be reached", one_line(&target.name)),
        description: format!("Unreachable since {}. {}", minutes(since), last_error(target)),
        since: rfc3339(since),
        link: links.to(target, &[]),
        command: links.check(target),
        plan: None,
    }
}

pub(super) fn check_stale(target: &TargetStatus, since: DateTime<Utc>, links: &Links) -> Annotations {
    let last = match target.last_success {
        Some(at) => format!("The last complete check ended {}.", minutes(at)),
        None => format!("There has been no complete check since {}.", minutes(since)),
    };
    Annotations {
        summary: format!("the schema of {} is in an unknown state", one_line(&target.name)),
        description: format!("{last} {}", last_error(target)),
        since: rfc3339(since),
        link: links.to(target, &[]),
        command: links.check(target),
        plan: None,
    }
}

pub(super) fn needs_human(
    status: &RemediationStatus,
    remediation: &str,
    since: DateTime<Utc>,
    links: &Links,
) -> Annotations {
    let degraded = match &status.degraded {
        Some(degraded) => format!("The application has been in degraded mode since {}", minutes(degraded.since)),
        None => "The application may write".into(),
    };
    Annotations {
        summary: format!("a remediation of {} needs a human", one_line(&status.target)),
        description: format!(
            "Remediation {remediation} could neither complete nor be rolled back. {degraded}; the schema may be half \
             changed. \
             Its report says what was done, and what is left to do."
        ),
        since: rfc3339(since),
        link: links.api(&["remediations", remediation]),
        command: links.report(remediation),
        plan: None,
    }
}

pub(super) fn degraded_too_long(status: &RemediationStatus, degraded: &Degraded, links: &Links) -> Annotations {
    let Degraded { remediation, since } = degraded;
    Annotations {
        summary: format!("the application on {} has been degraded for too long", one_line(&status.target)),
        description: format!(
            "Remediation {remediation} put it into degraded mode at {}, and it has not left it since.",
            minutes(*since)
        ),
        since: rfc3339(*since),
        link: links.api(&["remediations", remediation]),
        command: links.report(remediation),
        plan: None,
    }
}

pub(super) fn stuck(
    status: &RemediationStatus,
    under_way: &UnderWay,
    why: &str,
    since: DateTime<Utc>,
    links: &Links,
) -> Annotations {
    let UnderWay { remediation, phase } = under_way;
    let degraded = match &status.degraded {
        Some(degraded) => format!(" The application has been in degraded mode since {}.", minutes(degraded.since)),
        None => String::new(),
    };
    Annotations {
        summary: format!("a remediation of {} waits for an operator", one_line(&status.target)),
        description: format!(
            "Remediation {remediation} was begun, and is not carried on from phase {phase}: {}.{degraded}",
            one_line(why)
        ),
        since: rfc3339(since),
        link: links.api(&["remediations", remediation]),
        command: links.report(remediation),
        plan: None,
    }
}

pub(super) fn degraded_unexplained(status: &RemediationStatus, since: DateTime<Utc>, links: &Links) -> Annotations {
    Annotations {
        summary: format!(
            "the application on {} says that it is degraded, and nothing says why",
            one_line(&status.target)
        ),
        description: format!(
            "Seen since {}. The state store holds no remediation that put it into degraded mode: the store is new, \
             or was \
             lost while one was under way. If the schema holds (schemawarden check), let the application write again by hand; \
             if the store can be put back, do that first, and start the daemon again.",
            minutes(since)
        ),
        since: rfc3339(since),
        link: links.api(&["targets", &status.target]),
        command: links.check_target(&status.target),
        plan: None,
    }
}

pub(super) fn store(place: &str, why: &str, since: DateTime<Utc>, links: &Links) -> Annotations {
    let mut ready = links.external_url.clone();
    if let Ok(mut path) = ready.path_segments_mut() {
        path.pop_if_empty().extend(["-", "ready"]);
    }
    Annotations {
        summary: format!("the state store {} does not work", one_line(place)),
        description: format!(
            "Not since {}: {}. Targets are still watched. No remediation can begin, one that is under way waits, and \
             whether \
             applications are degraded is known only from what they say themselves.",
            minutes(since),
            one_line(why)
        ),
        since: rfc3339(since),
        link: ready.to_string(),
        command: format!("curl -sS {}", shell_word(ready.as_str())),
        plan: None,
    }
}

/// Why the last check failed.
fn last_error(target: &TargetStatus) -> String {
    let Some(report) = &target.report else { return "No check has ended yet.".into() };
    match (&report.error, report.busy.len()) {
        (Some(error), _) => format!("The last check failed: {}", one_line(error)),
        (None, 0) => "The last check was complete; no newer one has ended.".into(),
        (None, busy) => {
            let names: Vec<_> = report.busy.iter().take(NAMED_OBJECTS).map(|name| one_line(name)).collect();
            format!("The last check was partial: {busy} relations were locked ({}).", names.join(", "))
        }
    }
}

/// `public.posts.is_hidden (column missing)`
fn name(drift: &Drift) -> String {
    let last_known = if drift.last_known { ", as last known" } else { "" };
    format!("{} ({} {}{last_known})", one_line(&drift.object), drift.kind, drift.change.as_str())
}

fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

/// `text` quoted as one word of a POSIX shell.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

fn minutes(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
