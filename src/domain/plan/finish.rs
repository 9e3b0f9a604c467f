//! Completes a plan once its steps are known and ordered: helpers of earlier plans are dropped, limits are adapted to
//! the server, costs get their sizes, missing privileges are reported, and the plan is checked and gets its id.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::action::{Action, Rank, autocommit, transaction};
use super::lookup::Lookup;
use super::planner::{Planner, Situation};
use super::{
    Blocked, Context, Cost, Effect, Limits, Plan, Requirement, Segment, Step, Values, Work, check, row_security,
    session,
};
use crate::domain::catalog::{Catalog, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName};

/// Drops helpers that an abandoned earlier plan has left, and that this one does not use.
pub(super) fn leftovers(planner: &mut Planner<'_>) {
    let steps = planner.actions.iter().flat_map(|it| &it.segments).flat_map(Segment::steps);
    let used = steps.flat_map(|step| &step.effects).flat_map(Effect::objects).map(Object::name);
    let used: BTreeSet<Name> = used.cloned().collect();
    let is_left = |name: &Name| !used.contains(name);
    let scaffolds = planner.on.scaffolds;
    let mut actions = Vec::new();
    for (table, name) in scaffolds.constraints.iter().filter(|(_, name)| is_left(name)) {
        let object = Object::Constraint(table.clone(), name.clone());
        let sql = format!("ALTER TABLE {table} DROP CONSTRAINT {name}");
        let step = super::action::remove(&object, "leftover constraint", sql);
        let step = planner.family(table).iter().fold(step, super::Step::exclusive);
        actions.push(Action::new(Rank::Leftover, vec![transaction(vec![step])]).unmaking([object]));
    }
    for (table, name) in scaffolds.indexes.keys().filter(|(_, name)| is_left(name)) {
        let object = Object::Index(table.clone(), name.clone());
        let index = QName { schema: table.schema.clone(), name: name.clone() };
        let sql = format!("DROP INDEX CONCURRENTLY {index}");
        let step = super::action::remove(&object, "leftover index", sql).concurrently(table);
        actions.push(Action::new(Rank::Leftover, vec![autocommit(step)]).unmaking([object]));
    }
    for sequence in scaffolds.sequences.iter().filter(|name| is_left(&name.name)) {
        let object = Object::Sequence(sequence.clone());
        let step = super::action::remove(&object, "leftover sequence", format!("DROP SEQUENCE {sequence}"))
            .dropping(Values::Own);
        actions.push(Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking([object]));
    }
    for action in actions {
        planner.add(action);
    }
}

pub(super) fn complete(
    plan: &mut Plan,
    situation: &Situation<'_>,
    requirements: Vec<Requirement>,
    lookup: &Lookup<'_>,
) {
    plan.requires = requirements;
    analyze(plan, situation.live, lookup);
    for segment in &mut plan.segments {
        for step in segment.steps_mut() {
            fit_limits(step, situation.survey.deadlock_timeout);
            add_sizes(step, situation);
        }
    }
    session::settle(plan, situation);
    row_security::block(plan, situation);
    privileges(plan, situation);
    for violation in check::violations(plan, situation.survey.deadlock_timeout) {
        plan.blocked.push(Blocked {
            object: violation.step,
            reason: format!("internal safety check failed: {}", violation.what),
            rows: None,
            sample: Vec::new(),
            advice: "this is a bug in the planner: please report it with the plan, and end this drift by hand".into(),
            statements: Vec::new(),
        });
    }
    seal(plan, situation.live, situation.survey.database.as_deref());
}

/// The same for handwritten statements, as far as they may be changed.
pub(super) fn complete_by_hand(plan: &mut Plan, situation: &Situation<'_>) {
    for step in plan.segments.iter_mut().flat_map(Segment::steps_mut) {
        fit_limits(step, situation.survey.deadlock_timeout);
        add_sizes(step, situation);
    }
    session::settle(plan, situation);
    privileges(plan, situation);
    seal(plan, situation.live, situation.survey.database.as_deref());
}

/// Gives the plan its id, once nothing about it changes any more.
pub(super) fn seal(plan: &mut Plan, live: &Catalog, database: Option<&str>) {
    plan.blocked.sort_by(|a, b| (&a.object, &a.reason).cmp(&(&b.object, &b.reason)));
    plan.id = id(plan, live, database);
}

/// Limits lock timeouts to half of the server's `deadlock_timeout`: the application's transactions are never chosen as
/// the victim.
fn fit_limits(step: &mut Step, deadlock_timeout: Duration) {
    if step.limits != Limits::CONCURRENT {
        step.limits = step.limits.below(deadlock_timeout);
    }
}

/// Adds the rows and bytes of its table to each hazard.
fn add_sizes(step: &mut Step, situation: &Situation<'_>) {
    let mut tables: BTreeSet<&QName> = step.work.tables().iter().collect();
    if tables.is_empty() {
        tables.extend(step.locks.first().map(|lock| &lock.table));
    }
    let sizes: Vec<_> = tables.into_iter().filter_map(|table| situation.survey.sizes.get(table)).collect();
    let sum = |of: fn(&super::survey::Size) -> Option<u64>| sizes.iter().map(|size| of(size)).sum::<Option<u64>>();
    if sizes.is_empty() {
        return;
    }
    for cost in &mut step.hazards {
        cost.rows = sum(|size| size.rows);
        cost.bytes = sum(|size| size.bytes);
    }
}

/// Fresh statistics for live tables that were filled, read or rewritten.
fn analyze(plan: &mut Plan, live: &Catalog, lookup: &Lookup<'_>) {
    let touched: BTreeSet<QName> = plan
        .steps()
        .flat_map(|step| step.work.tables())
        .filter(|table| live.relations.contains_key(table))
        .cloned()
        .collect();
    let gone: BTreeSet<QName> = plan
        .effects()
        .filter_map(|effect| match effect {
            Effect::Drop(Object::Table(table), _) => Some(table.clone()),
            _ => None,
        })
        .collect();
    let stays = |table: &QName| !gone.contains(table);
    for table in touched.into_iter().filter(stays) {
        let step = Step {
            effects: vec![Effect::Analyze(table.clone())],
            action: format!("analyze {table}"),
            sql: format!("ANALYZE {table}"),
            ensures: None,
            locks: Vec::new(),
            work: Work::Metadata,
            limits: Limits::LONG,
            hazards: Vec::new(),
            requires: Vec::new(),
            keeps: Vec::new(),
            guard: None,
            context: Context::default(),
            irreversible: None,
            undo: None,
        };
        let family = lookup.family(&table).into_iter().filter(stays);
        let lock = |step: Step, table: QName| step.locking(&table, LockMode::ShareUpdateExclusive);
        plan.segments.push(autocommit(family.fold(step, lock)));
    }
}

/// Privileges that the fixing role lacks.
fn privileges(plan: &mut Plan, situation: &Situation<'_>) {
    let rights = &situation.survey.rights;
    let Some(role) = &rights.role else { return };
    let locked: BTreeSet<&QName> = plan
        .steps()
        .flat_map(|step| &step.locks)
        .filter(|lock| lock.mode >= LockMode::ShareUpdateExclusive)
        .map(|lock| &lock.table)
        .collect();
    let foreign = locked.into_iter().filter_map(|table| Some((table.to_string(), rights.relations.get(table)?)));
    let foreign: Vec<Blocked> = foreign
        .map(|(table, owner)| Blocked {
            reason: format!("{role} may not alter {table}, which belongs to {owner}"),
            object: table,
            rows: None,
            sample: Vec::new(),
            advice: format!("GRANT {owner} TO {role}, or apply as {owner} (fix_url)"),
            statements: Vec::new(),
        })
        .collect();
    let creates = |schema: &Name| plan.effects().any(|effect| effect.creates_in(schema));
    let closed: Vec<Blocked> = rights
        .no_create
        .iter()
        .filter(|schema| creates(schema))
        .map(|schema| Blocked {
            object: schema.to_string(),
            reason: format!("{role} may not create in schema {schema}"),
            rows: None,
            sample: Vec::new(),
            advice: format!("GRANT CREATE ON SCHEMA {schema} TO {role}"),
            statements: Vec::new(),
        })
        .collect();
    plan.blocked.extend(foreign);
    plan.blocked.extend(closed);
}

/// A hash over the steps, the live schema that they are made for, and the identity of the database: one that was
/// dropped and created again under the same name is another one. Sizes are left out, because they change all the time.
fn id(plan: &Plan, live: &Catalog, database: Option<&str>) -> String {
    let mut segments = plan.segments.clone();
    for cost in segments.iter_mut().flat_map(Segment::steps_mut).flat_map(|step| &mut step.hazards) {
        *cost = Cost { rows: None, bytes: None, sample: Vec::new(), ..cost.clone() };
    }
    let mut hash = Hash(Sha256::new());
    // Serialising plain data into a hash cannot fail.
    let _ = serde_json::to_writer(&mut hash, &(segments, &plan.search_path, live, database));
    format!("{:x}", hash.0.finalize()).get(..16).unwrap_or_default().to_owned()
}

struct Hash(Sha256);

impl Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
