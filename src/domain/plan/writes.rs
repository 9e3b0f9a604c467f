//! What steps that write rows meet: triggers, rules, row security, checks and generated columns of the application, as
//! they are when the step runs. Those that the plan changes or drops have been changed or dropped by then (`order.rs`),
//! and those that it adds come later.
//!
//! Only what the catalogs show. Whether a trigger's body refuses a row is found by the rehearsal, which has rows.

use super::Requirement;
use super::order::mentions;
use super::planner::Planner;
use super::scaffold;
use crate::domain::catalog::{Column, Constraint, ConstraintKind, Defined, Event, Object, Relation, Routine, Trigger};
use crate::domain::drift::conflict;
use crate::domain::name::{Name, QName};
use crate::domain::report::Change;

impl<'a> Planner<'a> {
    /// The table as an item of FROM where the server checks its own rows and not those of its inheritance children: for
    /// foreign keys, unique keys and row addresses. The rows of a partitioned table are those of its partitions.
    pub(super) fn own_rows(&self, table: &QName) -> String {
        if self.is_partitioned(table) { table.to_string() } else { format!("ONLY {table}") }
    }

    /// The tables that store the rows of a key: the table itself, or its partitions.
    pub(super) fn keyed(&self, table: &QName) -> Vec<QName> {
        if self.is_partitioned(table) { self.leaves(table) } else { vec![table.clone()] }
    }

    /// Why the dangling references of the table cannot be set NULL in these columns, as far as the catalogs show.
    pub(super) fn refuses_updates(&self, table: &QName, columns: &[&Name]) -> Option<String> {
        let is_generated = |name: &&&Name| {
            let column = self.expected_column(table, name).or_else(|| self.live_column(table, name));
            column.is_some_and(|column| column.generated.is_some())
        };
        if let Some(column) = columns.iter().find(is_generated) {
            return Some(format!("column {column} of {table} is generated and cannot be set"));
        }
        if let Some(role) = self.sees_a_part_of(table) {
            return Some(format!("row level security hides rows of {table} from {role}, which applies the plan"));
        }
        if let Some(rule) = self.rules_on_update(table).find(|(_, rule)| replaces(rule)) {
            return Some(format!("rule {} acts in the place of an UPDATE of {table}", rule.0));
        }
        let refusing = |trigger: &&Trigger| {
            conflict::fires_on_update_of(trigger, columns) && conflict::refuses(trigger, &self.called_by(trigger))
        };
        let trigger = self.current_triggers(table).find(refusing)?;
        Some(format!("trigger {} refuses every UPDATE of {table}", trigger.name))
    }

    /// Whether updating rows of the table, or of its inheritance children, runs triggers or rules, or cannot address
    /// rows.
    pub(super) fn meets_code(&self, table: &QName) -> bool {
        self.family(table).iter().any(|table| {
            let triggers = self.live_relation(table).into_iter().flat_map(|relation| &relation.triggers);
            triggers.into_iter().any(|trigger| conflict::fires_on(trigger, Event::Update))
                || self.live_rules(table).any(|(_, rule)| conflict::acts_on(rule, Event::Update))
                || self.sees_a_part_of(table).is_some()
        })
    }

    /// Requires that no row of `from`, the live table's own rows, violates a check when it is updated and these columns
    /// are set NULL: the server evaluates all checks for an updated row, also those that were never validated.
    pub(super) fn require_checks(&mut self, table: &QName, nulls: &[&Name], from: &str) {
        let Some(relation) = self.live_relation(table) else { return };
        let rows = if nulls.is_empty() { from.to_owned() } else { with_nulls(table, relation, nulls, from) };
        let stays = |check: &&Constraint| {
            let object = Object::Constraint(table.clone(), check.name.clone());
            // A partition's copy of a helper check is dropped with it, and the rows that it refuses are filled.
            !scaffold::is_ours(&check.name)
                && !self.drifts(Change::Unexpected, &object)
                && self.lookup.successor(&object).is_none()
        };
        // Checks that the plan adds exist by then.
        let is_new = |check: &&Constraint| {
            let object = Object::Constraint(table.clone(), check.name.clone());
            self.drifts(Change::Missing, &object) || self.drifts(Change::Changed, &object)
        };
        let new = self.expected_relation(table).into_iter().flat_map(|wanted| &wanted.constraints).filter(is_new);
        let requirements: Vec<_> = relation.constraints.iter().filter(stays).chain(new).collect();
        let requirements = requirements.into_iter().filter_map(|check| {
            let ConstraintKind::Check { expression, .. } = &check.kind else { return None };
            let text = expression.to_string();
            let concerns = !check.validated || nulls.iter().any(|column| mentions(&text, column));
            concerns.then(|| Requirement {
                object: format!("{table}.{}", check.name),
                problem: format!("rows of {table}, which the plan updates, would fail the check {}", check.name),
                count: format!("select count(*) from {rows} where not ({text})"),
                sample: Some(format!("select to_jsonb({})::text from {rows} where not ({text}) limit 5", table.name)),
                advice:
                    "correct these rows, or the check: the server refuses to update a row that fails a check, also one \
                         that is NOT VALID"
                        .into(),
            })
        });
        for requirement in requirements.collect::<Vec<_>>() {
            self.require(requirement);
        }
    }

    /// The role that applies the plan, if row security hides rows of the table from it.
    fn sees_a_part_of(&self, table: &QName) -> Option<&'a Name> {
        let rights = &self.on.survey.rights;
        rights.role.as_ref().filter(|role| rights.hides(table, role))
    }

    /// Triggers of the live table, as they are when rows are written.
    fn current_triggers(&self, table: &QName) -> impl Iterator<Item = &'a Trigger> {
        let triggers = self.live_relation(table).into_iter().flat_map(|relation| &relation.triggers);
        let wanted = self.expected_relation(table);
        triggers.filter_map(move |trigger| {
            let object = Object::Trigger(table.clone(), trigger.name.clone());
            if self.drifts(Change::Unexpected, &object) {
                return None;
            }
            let changed = wanted.filter(|_| self.drifts(Change::Changed, &object));
            let successor = changed.and_then(|it| it.triggers.iter().find(|it| it.name == trigger.name));
            Some(successor.unwrap_or(trigger))
        })
    }

    /// The functions that the trigger calls, as they are when rows are written.
    fn called_by(&self, trigger: &Trigger) -> Vec<&'a Routine> {
        let Some(name) = conflict::called(trigger) else { return Vec::new() };
        let (expected, live) = (self.on.expected, self.on.live);
        let known = live.routines.iter().chain(&expected.routines).filter(|(signature, _)| signature.name == *name);
        let now = known.filter_map(|(signature, routine)| {
            let object = Object::Routine(signature.clone());
            let is_new = self.drifts(Change::Changed, &object) || self.drifts(Change::Missing, &object);
            if is_new { expected.routines.get(signature) } else { Some(routine) }
        });
        now.collect()
    }

    fn live_rules(&self, table: &QName) -> impl Iterator<Item = (&'a Name, &'a Defined)> {
        let live = self.on.live;
        live.defined.iter().filter_map(move |(object, rule)| match object {
            Object::Rule(of, name) if of == table => Some((name, rule)),
            _ => None,
        })
    }

    /// Rules, as they are when rows are written.
    fn rules_on_update(&self, table: &QName) -> impl Iterator<Item = (&'a Name, &'a Defined)> {
        let rules = self.live_rules(table).filter_map(move |(name, rule)| {
            let object = Object::Rule(table.clone(), name.clone());
            if self.drifts(Change::Unexpected, &object) {
                return None;
            }
            let is_changed = self.drifts(Change::Changed, &object);
            let wanted = self.on.expected.defined.get(&object).filter(|_| is_changed);
            Some((name, wanted.unwrap_or(rule)))
        });
        rules.filter(|(_, rule)| conflict::acts_on(rule, Event::Update))
    }
}

fn replaces(rule: &Defined) -> bool {
    rule.definition.known().is_some_and(|text| text.contains(" DO INSTEAD "))
}

/// The rows of `from`, whose alias is c, with these columns NULL; under the table's own name, which its checks may use.
fn with_nulls(table: &QName, relation: &Relation, nulls: &[&Name], from: &str) -> String {
    let columns = relation.columns.iter().map(|column| {
        let Column { name, data_type, .. } = column;
        if nulls.contains(&name) { format!("null::{data_type} as {name}") } else { format!("c.{name}") }
    });
    let columns: Vec<_> = columns.collect();
    format!("(select {} from {from}) as {}", columns.join(", "), table.name)
}
