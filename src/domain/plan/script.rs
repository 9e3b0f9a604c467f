//! The plan as one psql script, for operators who run it by hand: the same statements under the same limits, each after
//! a check whether it is still needed. Run again after an interruption, it continues; after it has succeeded, it sends
//! nothing. Pure.
//!
//! psql is not the server: in plain SQL it replaces `:name`, takes `\` for one of its own commands, and counts `begin`
//! and semicolons. Text that it could misread goes through `\gexec`, which passes a string on unchanged.

mod undo;

use std::collections::BTreeSet;
use std::time::Duration;

use squawk_lexer::{TokenKind, tokenize};

use super::context::{OURS, READING, Until};
use super::{Blocked, Context, Hazard, Plan, Segment, Step, Undo, Work, text};
use crate::domain::lock::FIX_LEASE;
use crate::domain::name::{QName, dollar_quoted, literal, one_line};

/// Pages of a table that are changed in one transaction: a mebibyte.
const PAGES: u32 = 128;

/// Whatever the role, the database or the locale have set, the statements mean the same as when they were planned.
const SESSION: &str = r"\set ON_ERROR_STOP on
\set AUTOCOMMIT on
\set QUIET on
\encoding UTF8
SET default_transaction_isolation = 'read committed';
SET check_function_bodies = off;
SET row_security = off;
";

const USAGE: [&str; 8] = [
    "",
    "    psql -X -v ON_ERROR_STOP=1 -d DATABASE -f THIS_FILE",
    "",
    "Each step looks first and does only what is left to do, so the script can be run at any time and as often as you",
    "like. It exits with 0 when everything holds. It stops at the first error (exit 3), such as a lock that was not \
     to be",
    "had in time: what was committed stays; run it again. Never with --single-transaction. :end_1 is what holds after",
    "step 1.",
    "",
];

/// `about` names the database for people. Hazards that are not `allowed` must be allowed by the operator who runs the
/// script.
pub fn script(plan: &Plan, about: &str, allowed: &BTreeSet<Hazard>) -> String {
    let mut script = header(plan, about, allowed) + "\n" + &session() + &alone();
    if let Some(path) = &plan.search_path {
        let set = format!("BEGIN PERFORM set_config('search_path', {}, false); END", literal(path));
        script.push_str(&run(&set));
    }
    for blocked in &plan.blocked {
        let message = format!("{} blocks the plan: {}", blocked.object, blocked.reason);
        script.push_str(&fail(&message, &blocked.advice));
    }
    if !plan.blocked.is_empty() {
        return script;
    }
    let forbidden: BTreeSet<Hazard> = plan.forbidden(allowed).map(|(_, cost)| cost.hazard).collect();
    for hazard in forbidden {
        let message = format!("this script may cost {hazard}, which has not been allowed");
        let hint = format!("Read at its top what it costs; then run psql with -v allow_{hazard}=on");
        script.push_str(&refuse_unless(&format!("{{?allow_{hazard}}}"), &message, &hint));
    }
    let of = plan.steps().count();
    let mut first = 1;
    for segment in &plan.segments {
        script.push('\n');
        script.push_str(&one_segment(segment, first, of, &plan.id));
        first += segment.steps().len();
    }
    script + "\n" + &no_longer_alone()
}

fn header(plan: &Plan, about: &str, allowed: &BTreeSet<Hazard>) -> String {
    let mut lines = vec![format!("Plan {} for {about}, as a script for psql (11 or newer).", plan.id)];
    lines.extend(USAGE.map(str::to_owned));
    lines.push(text::summary(plan, allowed));
    if plan.is_by_hand() {
        lines.push("Written by hand: what its statements ensure is not known, so each run does all of them.".into());
    }
    if plan.keeps_values() {
        lines.push("Values that are overwritten are first written to files in the current folder: keep these.".into());
    }
    for (step, cost) in plan.steps().flat_map(|step| step.hazards.iter().map(move |cost| (step, cost))) {
        lines.push(format!("{}: {}: {}", cost.hazard, step.action, text::cost(cost)));
    }
    for Blocked { object, reason, advice, .. } in &plan.blocked {
        lines.push(format!("blocked: {object}: {reason}: {advice}"));
    }
    lines.extend(plan.warnings.iter().map(|warning| format!("warning: {warning}")));
    comment(&lines)
}

fn session() -> String {
    let settings = READING.iter().chain(&OURS).map(|(name, value)| format!("SET {name} = {};\n", literal(value)));
    SESSION.to_owned() + &settings.collect::<String>() + "\\set changed off\n"
}

/// No other session carries out a plan in this database until the session ends.
fn alone() -> String {
    let (class, number) = FIX_LEASE;
    let hint =
        "See who it is: SELECT a.* FROM pg_stat_activity a JOIN pg_locks USING (pid) WHERE locktype = 'advisory'";
    let refuse = refuse_unless("alone", "another fix of this database is under way", hint);
    format!("SELECT pg_try_advisory_lock({class}, {number}) AS alone \\gset\n{refuse}")
}

/// A server session ends slightly later than its psql, and the next run may begin at once.
fn no_longer_alone() -> String {
    let (class, number) = FIX_LEASE;
    format!("SELECT pg_advisory_unlock({class}, {number}) AS alone \\gset\n")
}

fn one_segment(segment: &Segment, first: usize, of: usize, plan: &str) -> String {
    let in_block = matches!(segment, Segment::Transaction { .. });
    let is_alone = segment.steps().len() == 1;
    let numbered = |(step, number)| Numbered { step, number, of, in_block, is_alone };
    let steps: Vec<Numbered> = segment.steps().iter().zip(first..).map(numbered).collect();
    let (mut body, mut limits) = (String::new(), String::new());
    if let (Segment::Transaction { lock_first, .. }, Some(first)) = (segment, steps.first()) {
        limits = first.limits();
        body = format!("{limits}BEGIN;\n");
        for lock in lock_first {
            body.push_str(&format!("LOCK TABLE ONLY {} IN {} MODE;\n", lock.table, lock.mode));
        }
    }
    for numbered in &steps {
        let before = std::mem::replace(&mut limits, numbered.limits());
        let set = if before == limits { "" } else { &limits };
        let work = format!("\\echo {}\n{set}{}", meta_quoted(&numbered.title()), numbered.work(plan));
        // For a single step, the segment's own check has just been answered.
        body.push_str(&if steps.len() == 1 { work } else { unless(std::slice::from_ref(numbered), &work) });
    }
    if in_block {
        body.push_str("COMMIT;\n");
    }
    let titles: Vec<String> = steps.iter().map(Numbered::title).collect();
    let work = if steps.iter().all(Numbered::is_upkeep) {
        format!("\\if :changed\n{body}\\endif\n")
    } else {
        unless(&steps, &(body + "\\set changed on\n"))
    };
    comment(&titles) + &ends(&steps) + &work
}

/// What the steps ensure, as psql variables: each is used more than once.
fn ends(steps: &[Numbered]) -> String {
    let known = steps.iter().filter_map(|numbered| Some((numbered.number, numbered.step.ensures.as_ref()?)));
    let end = |(number, ensures)| format!("{} AS end_{number}", dollar_quoted(&format!("{ensures}")));
    let ends: Vec<String> = known.map(end).collect();
    if ends.is_empty() { String::new() } else { format!("SELECT {} \\gset\n", ends.join(",\n       ")) }
}

/// Runs `what` unless all these steps' conditions are known to hold.
fn unless(steps: &[Numbered], what: &str) -> String {
    if steps.iter().any(|numbered| numbered.step.ensures.is_none()) {
        return format!("-- Whether this has been done is not known: each run does it.\n{what}");
    }
    let ends: Vec<String> = steps.iter().map(|numbered| format!("(:end_{})", numbered.number)).collect();
    format!("SELECT NOT ({}) AS todo \\gset\n\\if :todo\n{what}\\endif\n", ends.join(" AND "))
}

/// A step with its position.
struct Numbered<'a> {
    step: &'a Step,
    number: usize,
    of: usize,
    /// Its segment is one transaction.
    in_block: bool,
    /// Its segment has no other step.
    is_alone: bool,
}

impl Numbered<'_> {
    fn title(&self) -> String {
        format!("{}/{} {}", self.number, self.of, self.step.action)
    }

    /// It has no condition and nothing to undo (ANALYZE), and is useful only if an earlier step has been run.
    fn is_upkeep(&self) -> bool {
        self.step.ensures.is_none() && self.step.irreversible.is_none()
    }

    fn limits(&self) -> String {
        let statement = match self.step.work {
            // One statement for the server, however many transactions: only its lock waits are limited.
            Work::Batches { .. } => Duration::ZERO,
            Work::Metadata | Work::Scan { .. } | Work::Rewrite { .. } => self.step.limits.statement_timeout,
        };
        let (lock, statement) = (setting(self.step.limits.lock_timeout), setting(statement));
        format!("SET lock_timeout = {lock};\nSET statement_timeout = {statement};\n")
    }

    /// The statement, other than a batch, in its session settings.
    fn in_context(&self) -> String {
        let (sql, context) = (&self.step.sql, &self.step.context);
        let until = if self.in_block || !self.step.runs_outside_transaction() { Until::Commit } else { Until::Changed };
        let statements: String = match self.taken_back() {
            Some(undo) => run(&undo::or_taken_back(sql, undo)),
            None => self.step.statements().iter().map(|sql| statement(sql)).collect(),
        };
        let body = all(&context.enter(until)) + &statements + &all(&context.leave());
        if self.in_block || until == Until::Changed || context.is_ours() {
            return body;
        }
        format!("BEGIN;\n{body}COMMIT;\n")
    }

    /// What is undone if the rows violate what the step validates. The undo is committed, and so the step has its
    /// segment to itself.
    fn taken_back(&self) -> Option<&Undo> {
        self.step.undo.as_ref().filter(|_| self.is_alone && self.step.guard.is_none())
    }

    /// The end of the script after the rows violated what the step validates, and the old state was restored.
    fn refused(&self, undo: &Undo) -> String {
        let context = &self.step.context;
        let validated = undo.puts_back.as_ref().and_then(undo::validated).map(|body| {
            let (enter, leave) = (all(&context.enter(Until::Commit)), all(&context.leave()));
            format!("BEGIN;\n{enter}{}{leave}COMMIT;\n", run(&body))
        });
        validated.unwrap_or_default() + &run(&undo::refused(&self.title()))
    }

    /// The step itself, and the check after it.
    fn work(&self, plan: &str) -> String {
        let (sql, context) = (&self.step.sql, &self.step.context);
        let work = match &self.step.work {
            Work::Batches { table, keep: None } => batches(table, sql, context) + &all(&context.leave()),
            Work::Batches { table, keep: Some(keep) } => kept_batches(table, keep, sql, (plan, context)),
            Work::Metadata | Work::Scan { .. } | Work::Rewrite { .. } => self.in_context(),
        };
        let work = match (self.taken_back(), self.in_block) {
            (Some(undo), true) => format!("{work}COMMIT;\n{}BEGIN;\n", self.refused(undo)),
            (Some(undo), false) => work + &self.refused(undo),
            (None, _) => work,
        };
        if self.step.ensures.is_none() {
            return work;
        }
        let message = format!("{}: done without an error, and yet it does not hold", self.title());
        let hint = "Another session changes the same objects, or the plan is wrong: plan again.";
        format!("{work}SELECT (:end_{}) AS done \\gset\n{}", self.number, refuse_unless("done", &message, hint))
    }
}

fn batches(table: &QName, sql: &str, context: &Context) -> String {
    if context.is_ours() {
        return walk(table, "", &execute(sql, &format!("USING {}", range())));
    }
    // No name is looked up after the settings have become the application's.
    let change = format!(
        "SELECT {} INTO first, behind;\n    {}{}",
        range(),
        entered(context),
        execute(sql, "USING first, behind")
    );
    walk(table, "  first tid;\n  behind tid;\n", &change)
}

/// Inside a DO block, until its next COMMIT.
fn entered(context: &Context) -> String {
    let lines: Vec<String> = context.enter(Until::Commit).iter().map(|set| format!("{set};\n    ")).collect();
    lines.concat()
}

/// First saves the values in a file on the operator's machine, which is created readable for no other user before it is
/// written. Then changes the rows whose values are in that file and have not changed since.
fn kept_batches(table: &QName, keep: &str, sql: &str, (plan, context): (&str, &Context)) -> String {
    let range = range();
    let kept = format!("INSERT INTO pg_temp.schemawarden_kept\n{keep}");
    let found = format!(
        "SELECT array_agg(now.place::tid) FROM (\n{keep}\n) now (place, was) JOIN pg_temp.schemawarden_kept USING \
         (place, was)"
    );
    let change = execute(&found, &format!("INTO rows USING {range}"))
        + "\n    "
        + &entered(context)
        + &execute(sql, "USING rows");
    format!(
        "CREATE TEMPORARY TABLE schemawarden_kept (place text, was text);\n\
         {}\
         SELECT {} || to_char(clock_timestamp(), 'YYYYMMDD-HH24MISS-US') || '.csv' AS kept_in \\gset\n\
         \\echo '    the old values are kept in' :kept_in\n\
         \\setenv SCHEMAWARDEN_KEPT :kept_in\n\
         \\! umask 077; set -C; : > \"$SCHEMAWARDEN_KEPT\"\n\
         COPY pg_temp.schemawarden_kept TO STDOUT (FORMAT csv, HEADER) \\g :kept_in\n\
         {}\
         DROP TABLE pg_temp.schemawarden_kept;\n",
        walk(table, "", &execute(&kept, &format!("USING {range}"))),
        literal(&file_name(&format!("schemawarden-{plan}-{table}-"))),
        walk(table, "  rows tid[];\n", &change) + &all(&context.leave()),
    )
}

/// Runs `change` for each range of pages, each in its own transaction.
fn walk(table: &QName, declare: &str, change: &str) -> String {
    run(&format!(
        "DECLARE\n  last bigint := pg_relation_size({}) / current_setting('block_size')::bigint;\n{declare}BEGIN\n  \
         FOR page IN 0..last BY {PAGES} LOOP\n    {change}\n    COMMIT;\n  END LOOP;\nEND",
        literal(&table.to_string())
    ))
}

fn range() -> String {
    format!("format('(%s,0)', page)::tid, format('(%s,0)', page + {PAGES})::tid")
}

fn execute(sql: &str, with: &str) -> String {
    format!("EXECUTE {} {with};", dollar_quoted(sql))
}

fn setting(duration: Duration) -> String {
    match duration.as_millis() {
        0 => "0".to_owned(),
        ms if ms % 60_000 == 0 => format!("'{}min'", ms / 60_000),
        ms if ms % 1_000 == 0 => format!("'{}s'", ms / 1_000),
        ms => format!("'{ms}ms'"),
    }
}

/// Ends the script with an error if this psql variable is false.
fn refuse_unless(variable: &str, message: &str, hint: &str) -> String {
    format!("\\if :{variable}\n\\else\n{}\\endif\n", fail(message, hint))
}

fn fail(message: &str, hint: &str) -> String {
    let (message, hint) = (literal(&one_line(message)), literal(&one_line(hint)));
    run(&format!("BEGIN RAISE EXCEPTION USING MESSAGE = {message}, HINT = {hint}; END"))
}

fn run(body: &str) -> String {
    format!("DO {};\n", dollar_quoted(body))
}

fn all(statements: &[String]) -> String {
    statements.iter().map(|sql| statement(sql)).collect()
}

/// A statement, sent unchanged.
fn statement(sql: &str) -> String {
    if psql_reads_it_as_the_server_does(sql) {
        return format!("{sql};\n");
    }
    format!("SELECT {} \\gexec\n", dollar_quoted(sql))
}

/// See the module's documentation.
fn psql_reads_it_as_the_server_does(sql: &str) -> bool {
    let mut at = 0;
    let mut after_colon = false;
    for token in tokenize(sql) {
        let start = at;
        at += token.len as usize;
        let harmless = match token.kind {
            TokenKind::Unknown
            | TokenKind::Semi
            | TokenKind::Backtick
            | TokenKind::LineComment
            | TokenKind::BlockComment { .. } => false,
            TokenKind::Ident => !sql.get(start..at).unwrap_or_default().eq_ignore_ascii_case("begin") && !after_colon,
            TokenKind::Colon | TokenKind::Eq => true,
            _ => !after_colon,
        };
        if !harmless {
            return false;
        }
        // The second one of `::` is not a single colon.
        after_colon = token.kind == TokenKind::Colon && !after_colon;
    }
    true
}

fn comment(lines: &[String]) -> String {
    let lines: Vec<_> =
        lines.iter().map(|line| format!("-- {}", one_line(line)).trim_end().to_owned() + "\n").collect();
    lines.concat()
}

/// An argument of a psql command.
fn meta_quoted(text: &str) -> String {
    format!("'{}'", one_line(text).replace('\\', "\\\\").replace('\'', "''"))
}

/// Only characters that every file system accepts, and nothing that leads outside the folder.
fn file_name(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' }).collect()
}
