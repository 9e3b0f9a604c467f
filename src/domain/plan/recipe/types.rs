//! Enums and domains: enums get new labels one by one; domains change property by property.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::catalog::types::Check;
use crate::domain::catalog::{Column, Domain, Enum, Object, RelationKind};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::action::{Action, Rank, autocommit, create, remove, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::dependents::holders;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::statement::replace_word;
use crate::domain::plan::{Effect, Hazard, Requirement, Segment, Step, Undo, Values};
use crate::domain::render;
use crate::domain::report::Change;

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, change: Change, name: &QName) {
    let object = Object::Type(name.clone());
    let (wanted, found) = (planner.on.expected.enums.get(name), planner.on.live.enums.get(name));
    match (change, wanted, found) {
        (Change::Missing, Some(wanted), _) => {
            let step = create(&object, "enum", render::create_enum(name, wanted));
            planner.add(Action::new(Rank::Type, vec![transaction(vec![step])]).making([object]));
        }
        (Change::Unexpected, _, Some(_)) => {
            let step =
                remove(&object, "enum", format!("DROP TYPE {name}")).costing(Hazard::DataLoss, format!("enum {name}"));
            planner.add(Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking([object]));
        }
        (Change::Changed, Some(wanted), Some(found)) => {
            let segments = added_labels(name, wanted, found);
            planner.add(Action::new(Rank::Type, segments).making([object]));
        }
        (Change::Missing | Change::Unexpected | Change::Changed, _, _) => {}
    }
}

/// Each in its own transaction: a new label cannot be used in the transaction that adds it.
fn added_labels(name: &QName, wanted: &Enum, found: &Enum) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut before: Option<&String> = None;
    for label in &wanted.labels {
        if !found.labels.contains(label) {
            let place = match before {
                Some(before) => format!("AFTER {}", literal(before)),
                // A new first label goes before the existing first one.
                None => found.labels.first().map(|first| format!("BEFORE {}", literal(first))).unwrap_or_default(),
            };
            let step = Step::new(
                Effect::Alter(Object::Type(name.clone())),
                format!("add label {} to enum {name}", literal(label)),
                format!("ALTER TYPE {name} ADD VALUE {} {place}", literal(label)).trim_end().to_owned(),
                condition::label(name, label),
            )
            .with(Effect::OutsideTransaction)
            // An unused label does no harm: that it stays is reported, and needs no permission.
            .irreversible("PostgreSQL cannot remove a label from an enum");
            segments.push(autocommit(step));
        }
        before = Some(label);
    }
    segments
}

pub(in crate::domain::plan) fn domain(planner: &mut Planner<'_>, change: Change, name: &QName) {
    let object = Object::Domain(name.clone());
    let (wanted, found) = (planner.on.expected.domains.get(name), planner.on.live.domains.get(name));
    match (change, wanted, found) {
        (Change::Missing, Some(wanted), _) => {
            let step = create(&object, "domain", render::create_domain(name, wanted));
            let valid = wanted.checks.iter().filter(|(_, check)| check.validated);
            let created =
                Domain { checks: valid.map(|(name, it)| (name.clone(), it.clone())).collect(), ..wanted.clone() };
            let segments = [vec![transaction(vec![step])], altered(planner, name, wanted, &created)].concat();
            planner.add(Action::new(Rank::Type, segments).making([object]));
        }
        (Change::Unexpected, _, Some(_)) => {
            let step = remove(&object, "domain", format!("DROP DOMAIN {name}"))
                .costing(Hazard::DataLoss, format!("domain {name}"));
            planner.add(Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking([object]));
        }
        (Change::Changed, Some(wanted), Some(found)) => {
            block_where_inside(planner, name, wanted, found);
            let segments = altered(planner, name, wanted, found);
            planner.add(Action::new(Rank::Type, segments).making([object]));
        }
        (Change::Missing | Change::Unexpected | Change::Changed, _, _) => {}
    }
}

/// A domain's check is added NOT VALID, in one transaction that drops the old one, and is then validated, like a
/// table's.
fn altered(planner: &Planner<'_>, name: &QName, wanted: &Domain, found: &Domain) -> Vec<Segment> {
    let mut segments: Vec<_> =
        Some(transaction(exchanged(name, wanted, found))).filter(|it| !it.steps().is_empty()).into_iter().collect();
    segments.extend(validated(planner, name, wanted, found));
    if planner.renames() {
        segments.extend(renamed(name, wanted, found));
    }
    if wanted.not_null != found.not_null {
        segments.push(nullability(planner, name, wanted));
    }
    segments
}

fn alter(domain: &QName, action: String, change: &str, ensures: Condition) -> Step {
    Step::new(Effect::Alter(Object::Domain(domain.clone())), action, format!("ALTER DOMAIN {domain} {change}"), ensures)
}

/// The default, and the checks that are dropped and added.
fn exchanged(name: &QName, wanted: &Domain, found: &Domain) -> Vec<Step> {
    let mut steps = Vec::new();
    if wanted.default != found.default {
        let set = |default: &Option<crate::domain::catalog::Definition>| {
            default.as_ref().map_or("DROP DEFAULT".to_owned(), |default| format!("SET DEFAULT {default}"))
        };
        let is = match (&wanted.default, &found.default) {
            (None, _) => "typdefault is null".to_owned(),
            (Some(_), None) => "typdefault is not null".to_owned(),
            (Some(_), Some(old)) => format!("typdefault is not null and typdefault <> {}", literal(&old.to_string())),
        };
        let ensures = condition::domain(name, &is);
        steps.push(alter(name, format!("set the default of domain {name}"), &set(&wanted.default), ensures));
    }
    let same = |check: &Check, other: &Domain| other.checks.values().any(|old| old.expression == check.expression);
    for (check, it) in found.checks.iter().filter(|(check, it)| {
        !same(it, wanted) || wanted.checks.get(*check).is_some_and(|new| new.expression != it.expression)
    }) {
        let gone = format!("pg_get_expr(conbin, 0) = {}", literal(&it.expression.to_string()));
        let step = alter(
            name,
            format!("drop check {check} of domain {name}"),
            &format!("DROP CONSTRAINT {check}"),
            !condition::domain_check(name, check, &gone),
        );
        steps.push(step.with(Effect::Drop(Object::constraint(name, check), Values::None)));
    }
    for (check, it) in wanted.checks.iter().filter(|(_, it)| !same(it, found)) {
        let old = found.checks.get(check).map(|old| literal(&old.expression.to_string()));
        let is_new = old.map_or_else(|| "true".to_owned(), |old| format!("pg_get_expr(conbin, 0) <> {old}"));
        let step = alter(
            name,
            format!("add check {check} to domain {name}"),
            &format!("ADD CONSTRAINT {check} CHECK ({}) NOT VALID", it.expression),
            condition::domain_check(name, check, &is_new),
        );
        steps.push(step.with(Effect::AddNotValid(Object::constraint(name, check))));
    }
    steps
}

fn validated(planner: &Planner<'_>, name: &QName, wanted: &Domain, found: &Domain) -> Vec<Segment> {
    let mut segments = Vec::new();
    let is_valid = |it: &Check| found.checks.values().any(|old| old.expression == it.expression && old.validated);
    for (check, it) in wanted.checks.iter().filter(|(_, it)| it.validated && !is_valid(it)) {
        let step = alter(
            name,
            format!("validate check {check} of domain {name}"),
            &format!("VALIDATE CONSTRAINT {check}"),
            condition::domain_check(name, check, "convalidated"),
        );
        // A check that existed before, NOT VALID, stays.
        let is_new = !found.checks.values().any(|old| old.expression == it.expression);
        let undo = Undo::domain_check(name, check);
        let undo = match found.checks.get(check) {
            Some(old) => undo.putting_back_check(name, (check, old)),
            None => undo,
        };
        let step = step.with(Effect::Validate(Object::constraint(name, check)));
        let step = Step { undo: is_new.then_some(undo), ..step };
        let step = values(planner, name, check, &it.expression.to_string()).into_iter().fold(step, Step::requiring);
        segments.push(transaction(vec![scanning(planner, name, step)]));
    }
    segments
}

fn renamed(name: &QName, wanted: &Domain, found: &Domain) -> Vec<Segment> {
    let old_name = |(check, it): (&Name, &Check)| {
        let (old, _) = found.checks.iter().find(|(_, old)| old.expression == it.expression)?;
        (old != check && !wanted.checks.contains_key(old)).then(|| (old.clone(), check.clone()))
    };
    let step = |(old, check): (Name, Name)| {
        alter(
            name,
            format!("rename check {old} of domain {name} to {check}"),
            &format!("RENAME CONSTRAINT {old} TO {check}"),
            condition::domain_check(name, &check, "true"),
        )
    };
    wanted.checks.iter().filter_map(old_name).map(|names| transaction(vec![step(names)])).collect()
}

fn nullability(planner: &Planner<'_>, name: &QName, wanted: &Domain) -> Segment {
    let (word, is) = if wanted.not_null { ("SET NOT NULL", "typnotnull") } else { ("DROP NOT NULL", "not typnotnull") };
    let action = format!("{} on domain {name}", word.to_lowercase());
    let step = alter(name, action, word, condition::domain(name, is));
    if !wanted.not_null {
        return transaction(vec![step]);
    }
    let step = nulls(planner, name).into_iter().fold(step, Step::requiring);
    transaction(vec![scanning(planner, name, step)])
}

/// Columns with values of the domain: of its type, of a domain over it, or of a type that contains it.
#[derive(Default)]
struct Uses<'a> {
    plain: BTreeMap<(&'a QName, &'a Name), &'a Column>,
    /// Columns of arrays, rows and ranges of it.
    inside: BTreeSet<String>,
    /// The domain, and the types over it.
    types: Vec<Object>,
}

impl<'a> Uses<'a> {
    fn of(planner: &Planner<'a>, domain: &QName) -> Self {
        let mut uses = Self::default();
        let mut domains = BTreeSet::from([domain.to_string()]);
        let mut types = BTreeSet::new();
        let mut queue = vec![Object::Domain(domain.clone())];
        let mut columns = BTreeSet::new();
        while let Some(object) = queue.pop() {
            for dependent in planner.lookup.dependents(&object) {
                let is_new = match dependent {
                    Object::Domain(name) => domains.insert(name.to_string()),
                    Object::Type(name) => types.insert(name.to_string()),
                    Object::Column(table, name) => {
                        columns.insert((table, name));
                        false
                    }
                    _ => false,
                };
                if is_new {
                    queue.push(dependent.clone());
                }
            }
            uses.types.push(object);
        }
        for (table, name) in columns {
            let Some(column) = planner.live_column(table, name) else { continue };
            let element = column.data_type.trim_end_matches("[]");
            if domains.contains(&*column.data_type) {
                uses.plain.insert((table, name), column);
            } else if domains.contains(element) || types.contains(element) {
                uses.inside.insert(format!("{table}.{name}"));
            }
        }
        uses
    }
}

/// PostgreSQL validates values of columns of the domain, and refuses if any are inside values of other types.
fn block_where_inside(planner: &mut Planner<'_>, name: &QName, wanted: &Domain, found: &Domain) {
    let is_proven = |it: &Check| found.checks.values().any(|old| old.expression == it.expression && old.validated);
    let proves = wanted.not_null && !found.not_null || wanted.checks.values().any(|it| it.validated && !is_proven(it));
    if !proves {
        return;
    }
    let uses = Uses::of(planner, name);
    let strange: Vec<_> = uses.types.iter().filter_map(|of| Some((of, holders(planner, of)?))).collect();
    for (of, holders) in strange {
        let reason =
            format!("values of {of} would be validated, or refused, in objects that are not watched: {holders}");
        planner.block(
            &of.to_string(),
            reason,
            "watch the schema of these too (`schemas`), or change the domain by hand",
        );
    }
    for column in uses.inside {
        let reason = format!(
            "{column} has values of domain {name} nested in other values, which PostgreSQL does not \
             check"
        );
        let advice = "give the column another type by hand, apply, and then give it back its own; or leave the check \
                      NOT VALID, or out of the expectation";
        planner.block(&column, reason, advice);
    }
}

/// Requirements: no value of the domain violates the check, for each column.
fn values(planner: &Planner<'_>, domain: &QName, check: &Name, expression: &str) -> Vec<Requirement> {
    let requirement = |((table, name), _): ((&QName, &Name), &Column)| {
        let fails = format!("not ({})", replace_word(expression, "VALUE", &name.to_string()));
        Requirement {
            object: format!("{table}.{name}"),
            problem: format!("values of {table}.{name} fail the check {check} of domain {domain}"),
            count: format!("select count(*) from {table} where {fails}"),
            sample: Some(format!("select distinct {name}::text from {table} where {fails} limit 5")),
            advice: "change these values, or the check in the expectation".into(),
        }
    };
    Uses::of(planner, domain).plain.into_iter().map(requirement).collect()
}

/// Requirements: no row has a NULL where the domain is to refuse it, for each column.
fn nulls(planner: &Planner<'_>, domain: &QName) -> Vec<Requirement> {
    let requirement = |((table, name), _): ((&QName, &Name), &Column)| Requirement {
        object: format!("{table}.{name}"),
        problem: format!("rows of {table} have NULL in {name}, whose domain {domain} becomes NOT NULL"),
        count: format!("select count(*) from {table} where {name} is null"),
        sample: Some(format!("select to_jsonb(t)::text from {table} t where {name} is null limit 5")),
        advice: "fill these rows, or make the domain nullable in the expectation".into(),
    };
    Uses::of(planner, domain).plain.into_iter().map(requirement).collect()
}

/// The server reads every table with a column of the domain, and blocks its writers meanwhile.
fn scanning(planner: &Planner<'_>, domain: &QName, step: Step) -> Step {
    let uses = Uses::of(planner, domain);
    let tables: BTreeSet<&QName> = uses.plain.keys().map(|(table, _)| *table).collect();
    let tables = tables
        .into_iter()
        .filter(|table| planner.live_relation(table).is_some_and(|relation| relation.kind == RelationKind::Table));
    tables.fold(step, |step, table| planner.scan_that_blocks(step.locking(table, LockMode::Share), table))
}
