//! `steps.txt`: a plan without the frame that its script puts around each step, so that a diff shows what has become of
//! the plan. Everything that a case's script says of its own is in it; the frame is in the few whole scripts.

use schemawarden::domain::lock::Lock;
use schemawarden::domain::name::QName;
use schemawarden::domain::plan::{Context, Limits, Plan, Segment, Step, Undo, Work};

/// What conditions say again and again, and what stands for it here.
const SHORT: [(&str, &str); 4] = [
    (
        "array(select a.attname::text from unnest(conkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid \
         = conrelid and a.attnum = k.num order by k.nth)",
        "names(conkey)",
    ),
    (
        "array(select a.attname::text from unnest(confkey) with ordinality k (num, nth) join pg_attribute a on a.attrelid \
         = confrelid and a.attnum = k.num order by k.nth)",
        "names(confkey)",
    ),
    (
        "not exists (select from pg_trigger where tgconstraint = pg_constraint.oid and tgenabled = 'D')",
        "acts(pg_constraint)",
    ),
    ("(select typcollation from pg_type where oid = atttypid)", "collation(atttypid)"),
];

/// Below `head`, which is what the script says at its top of this plan alone.
pub fn steps(plan: &Plan, head: &str) -> String {
    let head: String = head.lines().map(|line| line.strip_prefix("-- ").unwrap_or(line).to_owned() + "\n").collect();
    head + &plan.segments.iter().map(segment).collect::<String>()
}

fn segment(segment: &Segment) -> String {
    let title = match segment {
        Segment::Transaction { lock_first, .. } if lock_first.is_empty() => "transaction".to_owned(),
        Segment::Transaction { lock_first, .. } => format!("transaction, begins with {}", locks(lock_first)),
        Segment::Autocommit { .. } => "autocommit".to_owned(),
    };
    title + "\n" + &segment.steps().iter().map(step).collect::<String>()
}

fn step(step: &Step) -> String {
    let Step { action, sql, ensures, guard, context, irreversible, undo, work, .. } = step;
    let mut lines = vec![format!("  {}", one_line(action))];
    let mut say = |text: &str| lines.extend(text.lines().map(|line| format!("    {line}").trim_end().to_owned()));
    if !context.is_ours() {
        say(&format!("session: {}", session(context)));
    }
    if let Some(guard) = guard {
        say(&format!("guard: {guard}"));
    }
    if let Work::Batches { keep: Some(keep), .. } = work {
        say(&format!("keeps: {keep}"));
    }
    say(sql);
    if let Some(undo) = undo {
        say(&taken_back(undo));
    }
    if let Some(ensures) = ensures {
        say(&format!("ensures: {}", short(&ensures.to_string())));
    }
    if let Some(why) = irreversible {
        say(&format!("irreversible: {why}"));
    }
    let facts = facts(step);
    if !facts.is_empty() {
        say(&facts.join("; "));
    }
    lines.join("\n") + "\n"
}

/// Where they are not those of most steps: no lock, catalog rows alone, the short limits.
fn facts(step: &Step) -> Vec<String> {
    let mut facts = Vec::new();
    if !step.locks.is_empty() {
        facts.push(format!("locks: {}", locks(&step.locks)));
    }
    match &step.work {
        Work::Metadata => {}
        Work::Scan { tables } => facts.push(format!("reads: {}", listed(tables))),
        Work::Rewrite { tables } => facts.push(format!("rewrites: {}", listed(tables))),
        Work::Batches { table, .. } => facts.push(format!("in batches: {table}")),
    }
    let Limits { lock_timeout, statement_timeout, attempts } = step.limits;
    match step.limits {
        Limits::SHORT => {}
        Limits::LONG => facts.push("limits: long".into()),
        Limits::CONCURRENT => facts.push("limits: concurrent".into()),
        _ => facts.push(format!("limits: {lock_timeout:?}, {statement_timeout:?}, {attempts} attempts")),
    }
    facts
}

fn session(Context { role, settings }: &Context) -> String {
    let role = role.iter().map(|role| format!("role {role}"));
    let settings = settings.iter().map(|(name, value)| format!("{name} = {value}"));
    role.chain(settings).collect::<Vec<_>>().join("; ")
}

fn taken_back(Undo { sql, only_if, puts_back }: &Undo) -> String {
    let mut lines = vec![format!("if refused: {sql}"), format!("  while: {}", short(&only_if.to_string()))];
    if let Some(back) = puts_back {
        lines.push(format!("  puts back: {}", back.sql));
        lines.extend(back.validate.iter().map(|sql| format!("  and then: {sql}")));
        lines.push(format!("  while: {}", short(&back.is_not_valid.to_string())));
    }
    lines.join("\n")
}

fn locks(locks: &[Lock]) -> String {
    let lock = |lock: &Lock| format!("{} {}", one_line(&lock.table.to_string()), lock.mode);
    locks.iter().map(lock).collect::<Vec<_>>().join(", ")
}

fn listed(tables: &[QName]) -> String {
    tables.iter().map(|table| one_line(&table.to_string())).collect::<Vec<_>>().join(", ")
}

fn short(condition: &str) -> String {
    SHORT.iter().fold(one_line(condition), |text, (long, short)| text.replace(long, short))
}

fn one_line(text: &str) -> String {
    text.replace('\n', "\\n").replace('\t', "\\t")
}
