//! A judge of whether two databases have the same schema. It looks through `pg_dump` and shares no code with the
//! program that is judged. It does not see rows, roles, owners, tablespaces and the positions of sequences.
//!
//! A schema is a bag of facts: the statements of its dump, each column and each constraint of a table for itself,
//! and what a dump does not print. Their order means nothing.

mod statements;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{client, psql_at};

/// Facts that `pg_dump` leaves out: extensions' versions, dead indexes, keys that were switched off.
const UNDUMPED: &str = "
    set search_path = '';
    select 'SCHEMA ' || quote_ident(nspname) from pg_namespace
    where nspname !~ '^pg_' and nspname <> 'information_schema'
    union all select 'VERSION OF EXTENSION ' || quote_ident(extname) || ': ' || extversion from pg_extension
    union all select 'INVALID INDEX ' || indexrelid::regclass from pg_index join pg_class on pg_class.oid = indexrelid
    where not indisvalid and relkind = 'i' and relpersistence <> 't'
    union all select 'SWITCHED OFF: KEY ' || quote_ident(conname) || ' OF ' || tgrelid::regclass
    from pg_trigger join pg_constraint on pg_constraint.oid = tgconstraint where tgisinternal and tgenabled <> 'O'";

/// Settings that a dump makes for the statements after them, and that those mean; and what goes without saying.
const CONTEXT: [(&str, &str); 2] = [("default_table_access_method", "heap"), ("default_tablespace", "''")];

type Facts = BTreeMap<String, usize>;

/// A schema as it was when it was looked at.
pub struct Side {
    url: String,
    dump: String,
    /// Answers to [`UNDUMPED`].
    undumped: String,
    facts: Facts,
    reloaded: OnceCell<Facts>,
}

impl Side {
    pub fn of(url: &str) -> Self {
        let (dump, undumped) = (dump(url), psql_at(url, UNDUMPED));
        let facts = facts(&dump, &undumped);
        Self { url: url.to_owned(), dump, undumped, facts, reloaded: OnceCell::new() }
    }

    /// The facts of its dump once it was loaded and dumped again: PostgreSQL does not print every expression as it
    /// printed it before.
    fn reloaded(&self) -> &Facts {
        self.reloaded.get_or_init(|| facts(&dump_of_dump(&self.url, &self.dump), &self.undumped))
    }
}

/// What differs, line by line: `-` is only expected, `+` is only there. Nothing, if both schemas are the same.
pub fn difference(expected: &Side, live: &Side) -> Option<String> {
    settled([expected, live], |[expected, live]| {
        [lines("- ", &without(expected, live)), lines("+ ", &without(live, expected))].concat()
    })
}

/// As [`difference`], where the live schema may have more than is expected of it: what it had before. Of that nothing
/// may be lost but constraints, indexes, triggers and sequences, in whose place others came.
pub fn difference_of_declared(expected: &Side, live: &Side, before: &Side) -> Option<String> {
    settled([expected, live, before], |[expected, live, before]| {
        let left_over = without(&without(live, before), expected);
        let there: Vec<_> = live.keys().map(|fact| object(fact)).collect();
        let mut lost = before.clone();
        lost.retain(|fact, _| keeps(fact) && !there.contains(&object(fact)));
        let missing = lines("- ", &without(expected, live));
        [missing, lines("+ (left over) ", &left_over), lines("- (lost) ", &lost)].concat()
    })
}

/// Asks again of the reloaded schemas where there is a difference.
fn settled<const N: usize>(sides: [&Side; N], differ: impl Fn([&Facts; N]) -> String) -> Option<String> {
    if differ(sides.map(|side| &side.facts)).is_empty() {
        return None;
    }
    Some(differ(sides.map(Side::reloaded))).filter(|lines| !lines.is_empty())
}

fn dump(url: &str) -> String {
    let output = Command::new(client("pg_dump")).args(["--schema-only", "--no-owner", "-d", url]).output();
    let output = output.expect("pg_dump is installed");
    assert!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn facts(dump: &str, undumped: &str) -> Facts {
    let mut facts = dumped(dump);
    for line in undumped.lines() {
        *facts.entry(line.to_owned()).or_default() += 1;
    }
    facts
}

fn dumped(dump: &str) -> Facts {
    let (mut facts, mut context) = (Facts::new(), BTreeMap::new());
    for statement in statements::split(dump) {
        let text = statement.text;
        if let Some((name, value)) = text.strip_prefix("SET ").and_then(|setting| setting.split_once(" = ")) {
            context.insert(name.to_owned(), value.to_owned());
        } else if let Some(role) = text.strip_prefix("SET SESSION AUTHORIZATION ") {
            context.insert("role".to_owned(), role.to_owned());
        } else if text == "RESET SESSION AUTHORIZATION" {
            context.remove("role");
        } else if !text.starts_with("SELECT pg_catalog.set_config(") {
            let fact = format!("{text}{}", governing(&text, &context));
            for item in statement.items {
                *facts.entry(format!("{}: {item}", subject(&text))).or_default() += 1;
            }
            *facts.entry(fact).or_default() += 1;
        }
    }
    facts
}

/// What of the context a statement means, as a comment behind it.
fn governing(text: &str, context: &BTreeMap<String, String>) -> String {
    let kinds = ["TABLE ", "INDEX ", "UNIQUE INDEX ", "UNLOGGED TABLE ", "MATERIALIZED VIEW "];
    let stored = text.strip_prefix("CREATE ").is_some_and(|rest| kinds.iter().any(|it| rest.starts_with(it)));
    let mut said = String::new();
    for (name, value) in context {
        let usual = CONTEXT.iter().find(|(setting, _)| setting == name).map(|(_, usual)| usual);
        if name == "role" || (stored && usual.is_some_and(|usual| usual != value)) {
            write!(said, " -- {name}: {value}").unwrap();
        }
    }
    said
}

/// What a fact is about: its first words, up to what may change while it stays the same object.
fn subject(fact: &str) -> &str {
    if fact.starts_with("GRANT ") || fact.starts_with("REVOKE ") {
        return fact;
    }
    if let Some((head, item)) = fact.split_once("(…): ") {
        // A column by its name, which may be quoted and hold spaces.
        let name =
            if let Some(rest) = item.strip_prefix('"') { rest.find("\" ").map(|at| at + 1) } else { item.find(' ') };
        return &fact[..head.len() + "(…): ".len() + name.unwrap_or(item.len())];
    }
    let end =
        ["(…)", " AS ", " IS ", " AS\n", "\n", ": "].iter().filter_map(|end| fact.find(end).map(|at| at + end.len()));
    &fact[..end.min().unwrap_or(fact.len())]
}

/// The same, whatever kind of relation or routine it is, and whatever its options, parameters and result.
fn object(fact: &str) -> String {
    let fact = subject(fact).replacen("CREATE UNLOGGED ", "CREATE ", 1);
    let relation = ["CREATE TABLE ", "CREATE VIEW ", "CREATE MATERIALIZED VIEW "];
    let cut = |rest: &str, ends: &[&str]| {
        let end = ends.iter().filter_map(|end| rest.find(end)).min();
        rest[..end.unwrap_or(rest.len())].to_owned()
    };
    if let Some(rest) = relation.iter().find_map(|kind| fact.strip_prefix(kind)).filter(|rest| !rest.contains("(…): "))
    {
        return format!("RELATION {}", cut(rest, &[" (…)", " AS ", " AS\n", " WITH ", "\n"]));
    }
    if let Some(rest) = ["CREATE FUNCTION ", "CREATE PROCEDURE "].iter().find_map(|kind| fact.strip_prefix(kind)) {
        return format!("ROUTINE {}", cut(rest, &["("]));
    }
    let heads: [(&str, &[&str]); 3] = [
        ("CREATE EXTENSION ", &[" WITH SCHEMA "]),
        ("CREATE POLICY ", &[" AS ", " FOR ", " TO ", " USING ", " WITH CHECK "]),
        ("CREATE STATISTICS ", &[" (", " ON "]),
    ];
    if let Some((_, ends)) = heads.iter().find(|(head, _)| fact.starts_with(head)) {
        return cut(&fact, ends);
    }
    match (fact.split_once(" ON FUNCTION "), fact.rsplit_once(')')) {
        (Some((what, rest)), Some((_, whose))) => format!("{what} ON FUNCTION {}{whose}", cut(rest, &["("])),
        _ => fact,
    }
}

/// Whether the subject of a fact must still be there when a declared schema was mended.
fn keeps(fact: &str) -> bool {
    let replaced =
        ["CREATE INDEX", "CREATE UNIQUE INDEX", "CREATE TRIGGER", "CREATE CONSTRAINT TRIGGER", "CREATE SEQUENCE"];
    let kept = ["CREATE ", "GRANT ", "REVOKE ", "COMMENT ON TABLE", "COMMENT ON COLUMN", "COMMENT ON VIEW", "SCHEMA"];
    let constraint = fact.contains("(…): CONSTRAINT ");
    !constraint && !replaced.iter().any(|it| fact.starts_with(it)) && kept.iter().any(|it| fact.starts_with(it))
}

/// The facts of `all` that are not in `some`, as often as they are missing there.
fn without(all: &Facts, some: &Facts) -> Facts {
    let more = |(fact, count): (&String, &usize)| {
        let more = count.saturating_sub(some.get(fact).copied().unwrap_or(0));
        (more > 0).then(|| (fact.clone(), more))
    };
    all.iter().filter_map(more).collect()
}

fn lines(mark: &str, facts: &Facts) -> String {
    facts.iter().map(|(fact, count)| format!("{mark}{fact}\n").repeat(*count)).collect()
}

/// The dump of the database that is made by a dump, on the same server.
fn dump_of_dump(url: &str, text: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("judge{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let (before, query) = url.split_once('?').map_or((url, ""), |(before, query)| (before, query));
    let (server, _) = before.rsplit_once('/').unwrap();
    let [admin, again] = ["postgres", &name].map(|database| format!("{server}/{database}?{query}"));
    psql_at(&admin, &format!("create database {name} template template0"));
    psql_at(&again, text);
    let dump = dump(&again);
    psql_at(&admin, &format!("drop database {name} with (force)"));
    dump
}
