//! A target's remediation settings: the switch of degraded mode, the backup and the smoke tests, as written and as
//! interpreted.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use sha2::Sha256;
use toml::Spanned;
use url::Url;

use super::builder::Builder;
use super::builder::positive;
use super::place;
use super::raw::{Ask, Backup, BackupScope, Degrade, ProbeFile, Smoke, SmokeRequest, Target};
use super::secret::{login, secret_of};
use crate::daemon::remediate::{BackupPlace, Probe};
use crate::domain::name::Name;
use crate::domain::runbook::OnFailure;
use crate::effects::backup::{BackupSpec, BackupWhat, Bucket, Credentials, Store};
use crate::effects::degrade::{CommandSwitch, DatabaseSwitch, HttpSwitch, RailwaySwitch, Switch};
use crate::effects::field::Field;
use crate::effects::smoke::{HealthSpec, RequestSpec, SmokeSpec};
use crate::effects::web::Request;
use crate::files;
use crate::pg::Source;

const LEASE: Duration = Duration::from_mins(30);
const APPROVAL: Duration = Duration::from_hours(1);
const COMMAND_LIMIT: Duration = Duration::from_secs(30);
const REQUEST_LIMIT: Duration = Duration::from_secs(10);
const HEALTHY_WITHIN: Duration = Duration::from_mins(5);
const RAILWAY: &str = "https://backboard.railway.com/graphql/v2";
const VARIABLE: &str = "DEGRADED_MODE";
const KEEP: u32 = 7;

/// How remediations of a target are carried out.
#[derive(Clone, Debug)]
pub struct Runbook {
    pub on_failure: OnFailure,
    /// Set if another operator must approve a plan: how long an approval is valid.
    pub approval: Option<Duration>,
    pub switch: Switch,
    pub lease: Duration,
    pub backup: BackupPlace,
    pub probes: Vec<Probe>,
    /// The login of the probes.
    pub probing: Source,
    pub smoke: SmokeSpec,
}

/// `fixing`: the role that may change the schema.
pub fn runbook(builder: &mut Builder, written: &Target, fixing: &Source, identity: &mut Sha256) -> Option<Runbook> {
    let switch = match &written.degrade {
        Some(degrade) => switch(builder, degrade, fixing, identity),
        None => Some((Switch::None, LEASE)),
    };
    let backup = match &written.backup {
        Some(backup) => self::backup(builder, backup, identity),
        None => Some(BackupPlace::NotConfigured),
    };
    let probing = login(builder, "probe_url", (&written.probe_url, &written.probe_url_file), identity);
    single(builder, written.probe.iter().map(|probe| &probe.name), "probe");
    let probes: Vec<_> = written.probe.iter().map(|written| probe(builder, written)).collect();
    let smoke = match &written.smoke {
        Some(smoke) => self::smoke(builder, smoke),
        None => Some(SmokeSpec { health: None, requests: Vec::new() }),
    };
    let expires = positive(builder, written.approval_expires.as_ref(), "approval_expires", APPROVAL);
    let (switch, lease) = switch?;
    Some(Runbook {
        on_failure: written.on_failure,
        approval: Some(expires?).filter(|_| written.require_approval),
        switch,
        lease,
        backup: backup?,
        probes: probes.into_iter().collect::<Option<_>>()?,
        probing: probing.ok()?.unwrap_or_else(|| fixing.clone()),
        smoke: smoke?,
    })
}

fn switch(
    builder: &mut Builder,
    written: &Spanned<Degrade>,
    fixing: &Source,
    identity: &mut Sha256,
) -> Option<(Switch, Duration)> {
    let span = written.span();
    let (switch, lease) = match written.get_ref() {
        Degrade::Command { enter, leave, status, timeout, lease } => {
            if [enter, leave, status].iter().any(|argv| argv.first().is_none_or(String::is_empty)) {
                builder.fail(span, "`enter`, `leave` and `status` each name a program and its arguments, as a list");
                return None;
            }
            let timeout = timeout.as_ref().map_or(COMMAND_LIMIT, |limit| limit.0);
            let (enter, leave, status) = (enter.clone(), leave.clone(), status.clone());
            (Switch::Command(CommandSwitch { enter, leave, status, timeout }), lease)
        }
        Degrade::Http { enter, leave, status, degraded, lease } => {
            let mut ask = |written: &Ask, method| request(builder, span.clone(), written, method);
            let (enter, leave, status) = (ask(enter, Method::POST), ask(leave, Method::POST), ask(status, Method::GET));
            let degraded = builder.take(span, Field::parse(&degraded.path, degraded.value.clone()));
            let switch = HttpSwitch { enter: enter?, leave: leave?, status: status?, degraded: degraded? };
            (Switch::Http(Box::new(switch)), lease)
        }
        Degrade::Railway { token, token_file, project, environment, service, variable, endpoint, lease } => {
            let token = match (token, token_file) {
                (Some(token), None) => SecretString::from(token.as_str()),
                (None, Some(file)) => secret_of(builder, &Spanned::new(span.clone(), file.clone()), identity)?,
                _ => {
                    builder.fail(span, "give exactly one of `token` and `token_file`");
                    return None;
                }
            };
            let endpoint = url(builder, span, endpoint.as_deref().unwrap_or(RAILWAY))?;
            let switch = RailwaySwitch {
                endpoint,
                token,
                project: project.clone(),
                environment: environment.clone(),
                service: service.clone(),
                variable: variable.clone().unwrap_or_else(|| VARIABLE.to_owned()),
                on: "1".into(),
                off: "0".into(),
            };
            (Switch::Railway(switch), lease)
        }
        Degrade::Database { role, lease } => {
            let switch = DatabaseSwitch { source: fixing.clone(), role: Name::from(role.as_str()) };
            (Switch::Database(switch), lease)
        }
    };
    Some((switch, lease.as_ref().map_or(LEASE, |lease| lease.0)))
}

fn backup(builder: &mut Builder, written: &Spanned<Backup>, identity: &mut Sha256) -> Option<BackupPlace> {
    let span = written.span();
    let it = written.get_ref();
    let to = match (it.none, &it.folder, &it.url) {
        (true, None, None) => return Some(BackupPlace::None),
        (false, Some(folder), None) => {
            let folder = builder.path(folder);
            place::backup_folder(builder, span.clone(), &folder);
            Store::Folder(folder)
        }
        (false, None, Some(text)) => {
            let parsed = Url::parse(text).ok().filter(|url| url.scheme() == "s3" && url.host_str().is_some());
            let not = "not a URL such as s3://bucket/folder";
            let endpoint = match &it.endpoint {
                Some(endpoint) => Some(url(builder, span.clone(), endpoint)?),
                None => None,
            };
            let credentials = match &it.access_key_id {
                Some(id) => Some(credentials(builder, written, id, identity)?),
                // As the environment variables say.
                None => None,
            };
            let url = builder.take(span, parsed.ok_or(not))?;
            Store::Object(Box::new(Bucket { url, endpoint, region: it.region.clone(), credentials }))
        }
        _ => {
            builder.fail(span, "give exactly one of `folder`, `url`, and `none = true` (no backup is taken)");
            return None;
        }
    };
    let what = match it.what {
        BackupScope::Database => BackupWhat::Whole,
        BackupScope::Tables => BackupWhat::PlanTables,
    };
    let bin_dir: Option<PathBuf> = it.bin_dir.as_ref().map(|folder| builder.path(folder));
    if let Some(folder) = bin_dir.as_ref().filter(|folder| !folder.is_dir()) {
        builder.unfit(written.span(), format!("{} is not a folder", folder.display()));
    }
    let (jobs, keep) = (it.jobs.unwrap_or(1).max(1), it.keep.unwrap_or(KEEP).max(1));
    Some(BackupPlace::At(BackupSpec { to, what, jobs, keep, bin_dir }))
}

fn credentials(
    builder: &mut Builder,
    written: &Spanned<Backup>,
    access_key_id: &str,
    identity: &mut Sha256,
) -> Option<Credentials> {
    let (span, it) = (written.span(), written.get_ref());
    let secret_access_key = match (&it.secret_access_key, &it.secret_access_key_file) {
        (Some(key), None) => SecretString::from(key.as_str()),
        (None, Some(file)) => secret_of(builder, &Spanned::new(span, file.clone()), identity)?,
        _ => {
            builder.fail(span, "`access_key_id` needs one of `secret_access_key` and `secret_access_key_file`");
            return None;
        }
    };
    Some(Credentials { access_key_id: access_key_id.to_owned(), secret_access_key })
}

fn probe(builder: &mut Builder, written: &ProbeFile) -> Option<Probe> {
    let path = builder.path(written.file.get_ref());
    let script =
        files::read_text(&path, files::SCRIPT).map_err(|error| format!("cannot read {}: {error}", path.display()));
    Some(Probe { name: written.name.get_ref().clone(), script: builder.take(written.file.span(), script)? })
}

fn smoke(builder: &mut Builder, written: &Spanned<Smoke>) -> Option<SmokeSpec> {
    let (span, it) = (written.span(), written.get_ref());
    let health = match &it.health {
        Some(text) => {
            let within = it.within.as_ref().map_or(HEALTHY_WITHIN, |within| within.0);
            Some(HealthSpec { url: url(builder, span.clone(), text)?, within })
        }
        None => None,
    };
    single(builder, it.request.iter().map(|request| &request.name), "smoke request");
    let requests = it.request.iter().map(|written| {
        let SmokeRequest { name, method, url, headers, body, timeout, status, json } = written;
        let ask = Ask {
            method: method.clone(),
            url: url.clone(),
            headers: headers.clone(),
            body: body.clone(),
            timeout: *timeout,
        };
        let request = request(builder, span.clone(), &ask, Method::GET)?;
        let expect_json = match json {
            Some(json) => Some(builder.take(span.clone(), Field::parse(&json.path, json.value.clone()))?),
            None => None,
        };
        Some(RequestSpec { name: name.get_ref().clone(), request, expect_status: status.unwrap_or(200), expect_json })
    });
    let requests: Option<Vec<_>> = requests.collect();
    Some(SmokeSpec { health, requests: requests? })
}

/// Reports, journals and metrics identify them by their names.
fn single<'a>(builder: &mut Builder, names: impl Iterator<Item = &'a Spanned<String>>, what: &str) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name.get_ref()) {
            builder.fail(name.span(), format!("a second {what} named `{}`", name.get_ref()));
        }
    }
}

fn request(builder: &mut Builder, span: std::ops::Range<usize>, written: &Ask, method: Method) -> Option<Request> {
    let method = match &written.method {
        Some(text) => builder.take(span.clone(), text.parse().map_err(|_| format!("`{text}` is no HTTP method")))?,
        None => method,
    };
    let mut headers = HeaderMap::new();
    for (name, value) in &written.headers {
        let pair = name.parse::<HeaderName>().ok().zip(HeaderValue::from_str(value).ok());
        // The value is never quoted: it may be a token.
        let (name, mut value) = builder.take(span.clone(), pair.ok_or(format!("`{name}` is no HTTP header")))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Some(Request {
        method,
        url: url(builder, span, &written.url)?,
        headers,
        body: written.body.as_deref().map(SecretString::from),
        timeout: written.timeout.as_ref().map_or(REQUEST_LIMIT, |limit| limit.0),
    })
}

fn url(builder: &mut Builder, span: std::ops::Range<usize>, text: &str) -> Option<Url> {
    builder.http_url(&Spanned::new(span, text.to_owned()))
}
