//! The configuration from the operator's side: what is accepted, the defaults, and the messages for mistakes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;
use std::time::Duration;

use super::{Config, ConfigError, LogFormat, TokenScope, build};
use crate::domain::catalog::{Kind, Severity};
use crate::domain::drift::Scope;
use crate::domain::drift::policy::Action;
use crate::domain::invariant::InvariantKind;
use crate::domain::name::{Name, QName};
use crate::domain::plan::Orphans;
use crate::state::StateLocation;

const MINIMAL: &str = "[[target]]\nname = 'a'\nurl = 'postgres://u:hunter2@h/d'\nexpected = 'e.sql'\n";

fn parse(text: &str) -> Result<Config, Vec<String>> {
    parse_at("/etc/schemawarden/c.toml", text)
}

fn parse_at(path: &str, text: &str) -> Result<Config, Vec<String>> {
    let lookup = |name: &str| (name.ends_with("URL")).then(|| "postgres://app:s3cret@db.example/app".to_owned());
    build::build(Path::new(path), text, &lookup, "2026-11-20T12:00:00Z".parse().unwrap())
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

/// The problems of `addition`, appended to the minimal configuration; line numbers are relative to it.
fn problems(addition: &str) -> Vec<String> {
    let problems = parse(&format!("{MINIMAL}{addition}")).unwrap_err();
    let lines = MINIMAL.lines().count();
    let relative = |problem: &String| {
        let (line, rest) = problem.split_once(':').unwrap();
        format!("{}:{rest}", line.parse::<usize>().unwrap().saturating_sub(lines))
    };
    problems.iter().map(relative).collect()
}

fn says(addition: &str, fragments: &[&str]) {
    let problems = problems(addition);
    assert_eq!(problems.len(), fragments.len(), "{problems:#?}");
    for (problem, fragment) in problems.iter().zip(fragments) {
        assert!(problem.contains(fragment), "{problem:?} lacks {fragment:?}");
    }
}

#[test]
fn defaults() {
    let config = parse(MINIMAL).unwrap();
    assert_eq!(config.server.listen, "127.0.0.1:9847");
    assert_eq!(config.server.external_url.as_str(), "http://127.0.0.1:9847/");
    assert_eq!(config.state, StateLocation::File("/etc/schemawarden/state/schemawarden.db".into()));
    assert_eq!((config.log.format, config.log.level.as_str()), (LogFormat::Text, "info"));
    assert_eq!(config.limits.max_connections, 64);
    assert_eq!(config.alertmanager, None);
    let missing = config.warnings.join("\n");
    assert!(missing.starts_with("target `a`: ") && missing.contains("/etc/schemawarden/e.sql"), "{missing}");
    let target = &config.targets[0];
    assert_eq!(target.scope, Scope::Declared);
    assert_eq!(target.schedule.to_string(), "0 * * * * *");
    assert_eq!(target.jitter, Duration::from_secs(5));
    assert_eq!(target.guards.lock_timeout, Duration::from_millis(300));
    assert_eq!(target.guards.statement_timeout, Duration::from_secs(30));
    assert_eq!(target.full_read_every, Duration::from_mins(10));
    assert!(target.fixing.source.is_none() && target.fixing.by_hand.is_none());
    assert_eq!(target.fixing.orphans, Orphans::Refuse);
}

#[test]
fn everything_written_arrives() {
    let config = parse(
        r#"
        server = { listen = "0.0.0.0:1", external_url = "https://watch.example/x", insecure = true }
        state.path = "/var/lib/s.db"
        log = { format = "json", level = "info,schemawarden=debug" }
        limits.max_connections = 2
        alertmanager = { urls = ["http://u:pw@am1:9093/base/"], interval = "30s", drift_for = "0s" }
        [[target]]
        name = "community"
        url = "${URL}"
        expected = "../../../sql/community/expected.sql"
        scope = "whole"
        schemas = ["public"]
        schedule = "*/2 * * * * *"
        lock_timeout = "200ms"
        statement_timeout = "5s"
        full_read_every = "1h"
        fix_url = "postgres://fixer@db.example:6432/app"
        fix = "fixes/by_hand.sql"
        orphans = "set_null"
        [[target.invariant]]
        name = "orphans"
        child = "public.Post_Reactions"
        columns = ["post_id"]
        parent = 'public."Posts"'
        parent_columns = ["id"]
        max_null = 1000
        estimate = true
        schedule = "0 */5 * * * *"
        [[target.invariant]]
        name = "negative"
        sql = "select count(*) from users where credits < 0"
        max = 3
        timeout = "1m"
        [[policy]]
        target = "comm*"
        object = "public.audit_*"
        kind = "index"
        change = "missing"
        action = "info"
        until = 2027-01-31
        "#,
    )
    .unwrap();
    assert_eq!(config.alertmanager.as_ref().unwrap().urls[0].to_string(), "http://am1:9093/base");
    assert_eq!(config.alertmanager.as_ref().unwrap().interval, Duration::from_secs(30));
    assert_eq!(config.alertmanager.as_ref().unwrap().drift_for, Duration::ZERO);
    assert_eq!(config.state, StateLocation::File("/var/lib/s.db".into()));
    let target = &config.targets[0];
    assert_eq!(target.source.address(), "db.example:5432/app");
    assert_eq!(target.fixing.source.as_ref().unwrap().address(), "db.example:6432/app");
    assert_eq!(target.fixing.by_hand.as_deref(), Some(Path::new("/etc/schemawarden/fixes/by_hand.sql")));
    assert_eq!(target.fixing.orphans, Orphans::SetNull);
    assert!(
        config.warnings.join("\n").contains("its fix /etc/schemawarden/fixes/by_hand.sql is no file"),
        "{:?}",
        config.warnings
    );
    assert_eq!(target.scope, Scope::Whole);
    assert_eq!(target.jitter, Duration::from_millis(500));
    assert_eq!(
        target.invariants[0].invariant.kind,
        InvariantKind::Reference {
            child: QName::new("public", "post_reactions"),
            columns: vec![Name::from("post_id")],
            parent: QName::new("public", "Posts"),
            parent_columns: vec![Name::from("id")],
            max_dangling: 0,
            max_null: Some(1000),
            estimate: true,
        }
    );
    assert!(target.invariants[0].schedule.is_some() && target.invariants[1].schedule.is_none());
    assert_eq!(target.invariants[1].invariant.timeout, Duration::from_mins(1));
    let policies_of = |name: &str| {
        let renamed = crate::daemon::config::Target { name: name.into(), ..config.targets[0].clone() };
        config.check_spec(&renamed).policies
    };
    let policies = policies_of("community");
    assert_eq!((policies.len(), policies_of("other").len()), (1, 0));
    assert_eq!(policies[0].action, Action::Severity(Severity::Info));
    assert_eq!(policies[0].kind, Some(Kind::Index));
    assert_eq!(policies[0].until.unwrap().to_string(), "2027-01-31");
}

#[test]
fn nothing_prints_a_secret() {
    let text = format!("{MINIMAL}[alertmanager]\nurls = ['http://u:hunter2@am:9093']\n[scratch]\nurl = '${{URL}}'");
    let printed = format!("{:?}", parse(&text).unwrap());
    assert!(!printed.contains("hunter2") && !printed.contains("s3cret"), "{printed}");

    for text in [
        "[[target]]\nname = 'a'\nexpected = 'e'\nurl = 'mysql://u:hunter2@h/d'",
        "[[target]]\nname = 'a'\nexpected = 'e'\nurl = 'postgres://u:hunter2@h:port/d'",
        "[[target]]\nname = 'a'\nexpected = 'e'\nurl = 'postgres://u@h/d?sslmode=hunter2'",
        "[alertmanager]\nurls = ['ftp://u:hunter2@am']",
        "[alertmanager]\nurls = ['//u:hunter2@am']",
        "[server]\nexternal_url = 'http://u:hunter2@x'",
        "[[target]]\nname = 'a'\nexpected = 'e'\nurl = 'postgres://h/d'\nfix_url = 'postgres://u:hunter2@h:port/d'",
        "limits.max_connections = '${URL}'",
        "log.format = '${URL}'",
        "server.listen = '${URL}'",
        "state.url = 'mysql://u:hunter2@h/d'",
        "state.url = 'postgres://u:hunter2@h:port/d'",
    ] {
        let message = parse(text).unwrap_err().join("\n");
        assert!(!message.contains("hunter2") && !message.contains("s3cret"), "{message}");
    }
}

#[test]
fn the_state_store_is_a_file_or_a_database_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let parse = |text: &str| parse_at(folder.path().join("c.toml").to_str().unwrap(), &format!("{MINIMAL}{text}"));
    std::fs::write(folder.path().join("url"), "postgres://u:hunter2@h/own\n").unwrap();
    let from_file = parse("[state]\nurl_file = 'url'").unwrap();
    let written = parse("[state]\nurl = 'postgres://u:hunter2@h/own'").unwrap();
    assert_eq!(written.state, from_file.state);
    assert_eq!(written.state.to_string(), "h:5432/own");
    assert!(!format!("{:?}", written.state).contains("hunter2"));
    // So that a reload can tell that a restart is needed.
    let other_password = parse("[state]\nurl = 'postgres://u:hunter3@h/own'").unwrap();
    assert_ne!(written.state, other_password.state);

    says("[state]\nurl = 'postgres://h/own'\npath = 'x.db'", &["2:7: give only one of `path`"]);
    says("[state]\nurl_file = 'x'\npath = 'x.db'", &["3:8: give only one of `path`"]);
    says("[state]\nurl_file = 'x'\nurl = 'postgres://h/own'", &["3:7: give only one of `path`"]);
    says("[state]\nurl_file = 'no_such_file'", &["2:12: cannot read"]);
    says("[state]\nurl = 'postgres://v@h/d'", &["2:7: the state store is in the database of target `a`"]);
    says("fix_url = 'postgres://h/e'\n[state]\nurl = 'postgres://h/e'", &["the database of target `a`"]);
}

#[test]
fn misspellings() {
    says("schedul = '0 * * * * *'", &["1:1: unknown key `schedul`; did you mean `schedule`?"]);
    says("[polcy]", &["1:2: unknown key `polcy`; did you mean `policy`?"]);
    says("scope = 'hole'", &["1:9: unknown value `hole`; did you mean `whole`?"]);
    says("[limits]\nmax_connections = 1", &["max_connections must be 2 (one to check, one to count) to 10000"]);
    says("[limits]\nmax_connections = 99999", &["max_connections"]);
    says("jitter = 5", &["1:10: invalid type: integer `5`, expected a string"]);
    says("jitter = '5 sec'", &["1:10: `5 sec` is not a duration"]);
    says("name = 'b'", &["duplicate key"]);
    says("schedule = [", &["1:"]);
}

#[test]
fn schedules_and_durations() {
    says("schedule = '* * * * *'", &["1:12: `* * * * *` has 5 fields; a schedule has six"]);
    says("schedule = '0 0 0 30 2 *'", &["never happens"]);
    says("jitter = '60s'", &["jitter must be shorter than the 60 s between two checks"]);
    says("lock_timeout = '1s'", &["deadlock_timeout"]);
    says("lock_timeout = '0s'", &["lock_timeout must be longer than nothing"]);
    says("statement_timeout = '300ms'", &["longer than lock_timeout"]);
}

#[test]
fn all_problems_are_reported_at_once() {
    says(
        "schedule = 'x'\nlock_timeout = '0s'\n[limits]\n\
         max_connections = 1\n[log]\nlevel = 'a=b=c'\n[server]\nlisten = '9847'",
        &[
            "1:12: `x` has 1 fields",
            "2:16: lock_timeout",
            "4:19: max_connections",
            "6:9: log.level",
            "8:10: `9847` is not",
        ],
    );
}

#[test]
fn targets() {
    says("[[target]]\nname='a'\nurl='postgres://h'\nexpected='e'", &["2:6: a second target named `a`"]);
    says("[[target]]\nname='B c'\nurl='postgres://h'\nexpected='e'", &["2:6: `B c` cannot name a target"]);
    says("[[target]]\nname='b'\nexpected='e'", &["give exactly one of `url` and `url_file`"]);
    says("url_file = 'x'", &["give exactly one of `url` and `url_file`"]);
    says("fix_url = 'postgres://h'\nfix_url_file = 'x'", &["2:16: give only one of `fix_url` and `fix_url_file`"]);
    says(
        "probe_url = 'postgres://h'\nprobe_url_file = 'x'",
        &["2:18: give only one of `probe_url` and `probe_url_file`"],
    );
    says("fix_url = 'http://h'", &["1:11: the database URL is not usable: it does not start with postgres://"]);
    says("fix_url_file = '/nonexistent'", &["1:16: cannot read /nonexistent"]);
    says("orphans = 'set_nul'", &["1:11: unknown value `set_nul`; did you mean `set_null`?"]);
    says("[[target]]\nname='b'\nexpected='e'\nurl_file='/nonexistent'", &["cannot read /nonexistent"]);
    assert_eq!(parse("").unwrap_err(), ["1:1: there is no [[target]]: nothing would be watched"]);
    let unset = parse("[[target]]\nname='a'\nurl='${NOPE}'\nexpected='e'").unwrap_err();
    assert_eq!(unset, ["3:5: the environment variable `NOPE` is not set"]);
}

#[test]
fn invariants() {
    let reference =
        "[[target.invariant]]\nname = 'i'\nchild = 'public.c'\nparent = 'public.p'\nparent_columns = ['id']\n";
    says(&format!("{reference}columns = ['a', 'b']"), &["6:11: `columns` and `parent_columns` must name the same"]);
    says(
        &format!("{reference}columns = ['User ID']"),
        &["6:11: `User ID` is no name without double quotes: write '\"User"],
    );
    says(reference, &["2:8: a reference needs `child`, `columns`, `parent` and `parent_columns`"]);
    says(&format!("{reference}columns = ['a']\nmax = 1"), &["`max` belongs to `sql`"]);
    says("[[target.invariant]]\nname = 'i'", &["an invariant is either a reference"]);
    says("[[target.invariant]]\nname = 'i'\nsql = 'x'\nmax_null = 1", &["`max_null` belongs to a reference"]);
    says("[[target.invariant]]\nname = 'i'\nsql = ' '", &["`sql` is empty"]);
    says(
        "[[target.invariant]]\nname='i'\nsql='x'\n[[target.invariant]]\nname='i'\nsql='x'",
        &["5:6: a second invariant named `i`"],
    );
    let unqualified = reference.replace("public.c", "c");
    says(&format!("{unqualified}columns = ['a']"), &["3:9: `c` has 1 parts: write it as schema.name"]);
}

#[test]
fn other_hosts_need_tls() {
    for host in ["127.0.0.1", "127.9.9.9", "localhost", "[::1]", "[::ffff:127.0.0.1]"] {
        parse(&format!("{MINIMAL}[server]\nlisten = '{host}:1'")).unwrap();
    }
    for host in ["0.0.0.0", "[::]", "10.0.0.1", "localhost.example"] {
        says(&format!("[server]\nlisten = '{host}:1'"), &["2:10: other hosts reach"]);
        parse(&format!("{MINIMAL}[server]\nlisten = '{host}:1'\ninsecure = true")).unwrap();
    }
}

#[test]
fn certificates() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    for name in ["1", "2"] {
        let pair = rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap();
        std::fs::write(path(&format!("cert{name}")), pair.cert.pem()).unwrap();
        std::fs::write(path(&format!("key{name}")), pair.signing_key.serialize_pem()).unwrap();
        std::fs::set_permissions(path(&format!("key{name}")), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    std::fs::write(path("text"), "hunter2").unwrap();
    std::fs::write(path("damaged"), "-----BEGIN PRIVATE KEY-----\nhunter2!\n-----END PRIVATE KEY-----\n").unwrap();
    let tls = |cert: &str, key: &str| {
        format!("[server]\nlisten = '0.0.0.0:1'\ntls_cert = '{}'\ntls_key = '{}'", path(cert), path(key))
    };
    let config = parse(&format!("{MINIMAL}{}", tls("cert1", "key1"))).unwrap();
    assert_eq!(config.server.external_url.as_str(), "https://0.0.0.0:1/");
    assert_eq!(config.warnings.len(), 1, "{:?}", config.warnings);
    std::fs::set_permissions(path("key1"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let config = parse(&format!("{MINIMAL}{}", tls("cert1", "key1"))).unwrap();
    assert!(config.warnings.concat().contains("every user of this host may read the secret in"));

    says(&tls("cert1", "key2"), &["cannot be used with the key"]);
    says(&tls("text", "key1"), &["holds no certificate in PEM"]);
    says(&tls("cert1", "text"), &["holds no private key in PEM"]);
    says(&tls("cert1", "none"), &["none: No such file"]);
    says(&tls("cert1", "damaged"), &["damaged is damaged"]);
    assert!(!problems(&tls("cert1", "damaged")).concat().contains("hunter2"));
    says("[server]\ntls_cert = 'x'", &["2:12: TLS needs both `tls_cert` and `tls_key`"]);
}

#[test]
fn tokens() {
    let hash = "ab".repeat(32);
    let token = |name: &str, hash: &str, scopes: &str| {
        format!("[[token]]\nname = '{name}'\nsha256 = '{hash}'\nscopes = [{scopes}]\n")
    };
    let config = parse(&format!("{MINIMAL}{}", token("alice", &hash, "'read', 'apply', 'plan'"))).unwrap();
    assert_eq!((&*config.tokens[0].name, config.tokens[0].scope), ("alice", TokenScope::Apply));
    says(&token("Alice", &hash, "'plan'"), &["2:8: `Alice` cannot name a token"]);
    says(&token("alice", &hash, ""), &["4:10: `scopes` is empty"]);
    says(&token("alice", &hash, "'aply'"), &["unknown value `aply`; did you mean `apply`?"]);
    says(&token("alice", &hash[1..], "'plan'"), &["3:10: not a SHA-256 hash in hexadecimal"]);
    let two = [token("alice", &hash, "'plan'"), token("alice", &hash.to_uppercase(), "'plan'")].concat();
    says(&two, &["6:8: a second token named `alice`", "7:10: two tokens have this hash"]);
    // A token that was written in the place of its hash does not reach the log.
    let mistaken = problems(&token("alice", &format!("sw_{hash}"), "'plan'")).concat();
    assert!(!mistaken.contains("sw_"), "{mistaken}");
}

#[test]
fn policies() {
    says("[[policy]]\nobject = 'public.*'\naction = 'ignore'", &["2:10: a policy that ignores needs a `reason`"]);
    says("[[policy]]\nobject = 'a[b'\naction = 'info'", &["2:10: `a[b` is not a glob"]);
    says("[[policy]]\nobject = 'a'\naction = 'ignor'", &["3:10: unknown value `ignor`; did you mean `ignore`?"]);
    says("[[policy]]\nobject = 'a'\naction = 'info'\nuntil = '2027-02-30'", &["4:9: "]);
    let config = parse(&format!("{MINIMAL}[[policy]]\ntarget = 'z*'\nobject = 'a'\naction = 'info'")).unwrap();
    assert!(config.warnings.contains(&"the [[policy]] for `a` applies to no target".to_owned()));
}

#[test]
fn secret_files() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    let secret = folder.path().join("url");
    std::fs::write(&secret, "postgres://u:hunter2@h/d\r\n").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o604)).unwrap();
    std::fs::write(folder.path().join("pw"), "p\n").unwrap();
    std::fs::set_permissions(folder.path().join("pw"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let text = "[[target]]\nname = 'a'\nexpected = 'e.sql'\nurl_file = 'url'\npassword_file = 'pw'\n";
    std::fs::write(&file, text).unwrap();
    std::fs::write(folder.path().join("e.sql"), "select 1;").unwrap();
    let first = Config::load(&file).unwrap();
    assert_eq!(first.targets[0].source.address(), "h:5432/d");
    assert_eq!(first.warnings, [format!("every user of this host may read the secret in {}", secret.display())]);

    // A reload notices a changed secret, and notices that nothing has changed.
    assert!(Config::load(&file).unwrap().targets[0].same_as(&first.targets[0]));
    std::fs::write(folder.path().join("pw"), "other\n").unwrap();
    assert!(!Config::load(&file).unwrap().targets[0].same_as(&first.targets[0]));
    std::fs::write(folder.path().join("pw"), "p\n").unwrap();
    std::fs::write(&file, format!("{text}[[policy]]\nobject = 'x'\naction = 'info'\n")).unwrap();
    assert!(!Config::load(&file).unwrap().targets[0].same_as(&first.targets[0]));
    std::fs::write(folder.path().join("e.sql"), "select 2;").unwrap();
    assert!(!Config::load(&file).unwrap().targets[0].same_as(&first.targets[0]));
    std::fs::write(folder.path().join("e.sql"), "select 1;").unwrap();
    std::fs::write(&file, format!("{text}[limits]\nmax_connections = 9\n")).unwrap();
    assert!(Config::load(&file).unwrap().targets[0].same_as(&first.targets[0]));
}

#[test]
fn the_shipped_configuration_is_good() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config/schemawarden.toml");
    let config = parse_at(path, include_str!("../../../config/schemawarden.toml")).unwrap();
    assert_eq!(config.warnings, [""; 0]);
    assert_eq!(config.targets[0].invariants.len(), 2);
}

#[test]
fn errors_name_the_file() {
    let missing = Config::load(Path::new("/nonexistent/c.toml")).unwrap_err();
    assert_eq!(missing.to_string(), "cannot read the configuration /nonexistent/c.toml");
    assert!(matches!(missing, ConfigError::Read { .. }));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    std::fs::write(&file, "[serve]\n").unwrap();
    let invalid = Config::load(&file).unwrap_err().to_string();
    assert_eq!(invalid, format!("{}:1:2: unknown key `serve`; did you mean `server`?", file.display()));
}
