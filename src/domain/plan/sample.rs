//! A few rows for each table that a plan writes, reads or converts, so that the rehearsal shows failures that need
//! rows: triggers that refuse them, rules that skip them, functions that fail on them.
//!
//! Pure: values are derived from types, labels, bounds and the constants of checks. Only the server can say whether
//! they fit: there are several attempts for each table, the best first.

mod value;

use std::collections::BTreeSet;

use super::order::mentions;
use super::statement::replace_word;
use super::{Plan, Situation, Work};
use crate::domain::catalog::{
    Catalog, Column, Constraint, ConstraintKind, Enabled, Event, Generated, Object, Relation, RelationKind,
};
use crate::domain::drift::conflict;
use crate::domain::name::{Name, QName};
use crate::domain::render;
use value::{base, constants, is_text, made, made_text, named};

/// The most tables that get rows: a rehearsal should not take longer than the plan.
const TABLES: usize = 100;
/// The most columns of a table for which the constants of its checks are tried.
const TRIED: usize = 6;
/// The row with a dangling reference, where the plan settles such rows.
const DANGLING: u32 = 3;

/// How rows are inserted into one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub table: QName,
    /// Disables the application's triggers and rules on INSERT, which are not part of the rehearsal.
    pub before: Vec<String>,
    /// INSERT statements; the first one counts that the server accepts and that inserts a row.
    pub attempts: Vec<String>,
    /// Enables what `before` has disabled.
    pub after: Vec<String>,
}

/// How one attempt makes its rows.
#[derive(Clone, Copy)]
struct Attempt {
    rows: &'static [u32],
    dangling: bool,
    /// Respects also the checks that the plan only adds.
    all_checks: bool,
    references: bool,
}

const ATTEMPTS: [Attempt; 6] = [
    Attempt { rows: &[1, 2, DANGLING], dangling: true, all_checks: true, references: true },
    Attempt { rows: &[DANGLING], dangling: true, all_checks: true, references: true },
    Attempt { rows: &[1, 2, 3], dangling: false, all_checks: true, references: true },
    Attempt { rows: &[1], dangling: false, all_checks: true, references: true },
    Attempt { rows: &[1], dangling: false, all_checks: false, references: true },
    Attempt { rows: &[1], dangling: false, all_checks: false, references: false },
];

/// Samples for the copy of `live` on which the plan is rehearsed: parents before children. A handwritten plan has no
/// requirements that could be asked of these rows, and gets none.
pub fn samples(plan: &Plan, situation: &Situation<'_>, live: &Catalog) -> Vec<Sample> {
    if plan.is_by_hand() {
        return Vec::new();
    }
    let maker = Maker { expected: situation.expected, live };
    let (mut known, mut order) = (BTreeSet::new(), Vec::new());
    for table in plan.steps().flat_map(|step| step.work.tables()) {
        maker.visit(table, &mut known, &mut order);
    }
    let settled = plan.steps().filter_map(|step| match &step.work {
        Work::Batches { table, keep: Some(_) } => Some(table),
        Work::Batches { keep: None, .. } | Work::Metadata | Work::Scan { .. } | Work::Rewrite { .. } => None,
    });
    let settled: BTreeSet<&QName> = settled.collect();
    let tables = order.into_iter().take(TABLES);
    tables.filter_map(|table| maker.sample(table, settled.contains(table))).collect()
}

struct Maker<'c> {
    expected: &'c Catalog,
    live: &'c Catalog,
}

impl<'c> Maker<'c> {
    /// The table, or its first partition, after the tables that it references in either catalog.
    fn visit(&self, table: &QName, known: &mut BTreeSet<&'c QName>, order: &mut Vec<&'c QName>) {
        let Some((mut table, mut relation)) = self.live.relations.get_key_value(table) else { return };
        while relation.partition_key.is_some() {
            let is_part =
                |(_, it): &(&QName, &Relation)| it.partition_of.as_ref().is_some_and(|it| it.parent == *table);
            let Some(first) = self.live.relations.iter().find(is_part) else { return };
            (table, relation) = first;
        }
        if relation.kind != RelationKind::Table || !known.insert(table) {
            return;
        }
        for key in self.constraints(table) {
            if let ConstraintKind::Foreign { parent, .. } = &key.kind {
                self.visit(parent, known, order);
            }
        }
        order.push(table);
    }

    /// Current and expected constraints.
    fn constraints(&self, table: &QName) -> impl Iterator<Item = &'c Constraint> {
        let both = [self.live, self.expected].into_iter().filter_map(|catalog| catalog.relations.get(table));
        both.flat_map(|relation| &relation.constraints)
    }

    fn sample(&self, table: &QName, is_settled: bool) -> Option<Sample> {
        let relation = self.live.relations.get(table)?;
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for trigger in relation.triggers.iter().filter(|trigger| conflict::fires_on(trigger, Event::Insert)) {
            before.push(format!("ALTER TABLE ONLY {table} DISABLE TRIGGER {}", trigger.name));
            after.push(render::trigger_state(table, trigger));
        }
        for (object, rule) in self.live.defined.iter().filter(|(_, rule)| rule.enabled != Enabled::Disabled) {
            if let Object::Rule(of, name) = object
                && of == table
                && conflict::acts_on(rule, Event::Insert)
            {
                before.push(format!("ALTER TABLE {table} DISABLE RULE {name}"));
                after.extend(render::defined_state(object, rule));
            }
        }
        let attempts = ATTEMPTS.iter().filter(|attempt| is_settled || !attempt.dangling);
        let attempts = attempts.filter_map(|attempt| self.insert(table, relation, *attempt)).collect();
        Some(Sample { table: table.clone(), before, attempts, after })
    }

    /// `None`: no value can be made for one of the columns.
    fn insert(&self, table: &QName, relation: &Relation, attempt: Attempt) -> Option<String> {
        let checks = self.checks(table, relation, attempt.all_checks);
        let (mut names, mut values, mut choices) = (Vec::new(), Vec::new(), Vec::new());
        for column in relation.columns.iter().filter(|column| column.generated.is_none()) {
            let tried = match self.tried(table, relation, column, (&checks, attempt))? {
                Tried::Nothing => continue,
                Tried::Values(tried) => tried,
            };
            let (place, data_type) = (choices.len(), base(self.live, &column.data_type));
            names.push(column.name.to_string());
            match tried.as_slice() {
                [value] => values.push(format!("({value})::{data_type} as {}", column.name)),
                tried => {
                    let tried = tried.get(..if place < TRIED { tried.len() } else { 1 }).unwrap_or_default();
                    let rows = tried.iter().enumerate().map(|(nth, value)| format!("({value}::{data_type}, {nth})"));
                    let rows = rows.collect::<Vec<_>>().join(", ");
                    values.push(format!("v{place}.x as {}", column.name));
                    choices.push(format!(" CROSS JOIN LATERAL (VALUES {rows}) AS v{place} (x, o)"));
                }
            }
        }
        if names.is_empty() {
            return Some(format!("INSERT INTO {table} DEFAULT VALUES"));
        }
        let order: Vec<_> = (0..choices.len()).map(|place| format!(" + v{place}.o")).collect();
        let holds: Vec<_> = checks.iter().map(|check| format!(" AND coalesce(({check}), true)")).collect();
        let rows: Vec<_> = attempt.rows.iter().map(ToString::to_string).collect();
        let (names, values, rows) = (names.join(", "), values.join(", "), rows.join(", "));
        let (order, holds, choices) = (order.concat(), holds.concat(), choices.concat());
        Some(format!(
            "INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT DISTINCT ON (\"schemawarden n\") {names} FROM \
             (SELECT r.n AS \"schemawarden n\", 0{order} AS \"schemawarden o\", {values} FROM unnest(ARRAY[{rows}]) AS r \
             (n){choices}) AS {} WHERE true{holds} ORDER BY \"schemawarden n\", \"schemawarden o\"",
            table.name
        ))
    }

    /// Values that the column may get, the best first.
    fn tried(
        &self,
        table: &QName,
        relation: &Relation,
        column: &Column,
        (checks, attempt): (&[String], Attempt),
    ) -> Option<Tried> {
        let used = self.used(table, relation, column);
        let own: Vec<_> = checks.iter().filter(|check| mentions(check, &column.name)).cloned().collect();
        let is_nullable = self.is_nullable(table, column);
        let comes_by_itself = column.default.is_some() || column.identity.is_some();
        if comes_by_itself && !used.in_key && !used.in_reference && own.is_empty() {
            return Some(Tried::Nothing);
        }
        let null = || Some(Tried::Values(vec!["null".into()]));
        if used.in_reference && !attempt.references && is_nullable {
            return null();
        }
        let is_dangling = attempt.dangling && self.dangles(table, column);
        let n = if is_dangling { format!("case r.n when {DANGLING} then r.n + 6 else r.n end") } else { "r.n".into() };
        let data_type = base(self.live, &column.data_type);
        let Some(value) = self.bound(relation, column).or_else(|| self.value(table, column, &n)) else {
            return if comes_by_itself { Some(Tried::Nothing) } else { null().filter(|_| is_nullable) };
        };
        if own.is_empty() {
            // Some rows get NULL, where the column allows it.
            let is_varied = !used.in_key && !used.in_reference && is_nullable;
            let value = if is_varied { format!("case when r.n < 3 then {value} end") } else { value };
            return Some(Tried::Values(vec![value]));
        }
        let mut tried = vec![value];
        if !used.in_reference {
            tried.extend(named(self.live, data_type, &own));
        }
        if is_nullable && !used.in_key {
            tried.push("null".into());
        }
        Some(Tried::Values(tried))
    }

    /// A value for the column: text that becomes another type is the text of such a value.
    fn value(&self, table: &QName, column: &Column, n: &str) -> Option<String> {
        let (data_type, catalog) = (base(self.live, &column.data_type), self.expected);
        let wanted = catalog.relations.get(table).and_then(|it| it.columns.iter().find(|it| it.name == column.name));
        let wanted = wanted.map(|it| base(catalog, &it.data_type)).filter(|wanted| *wanted != data_type);
        let becomes = wanted.filter(|_| is_text(data_type)).and_then(|wanted| made_text(catalog, wanted, n));
        becomes.or_else(|| made(self.live, data_type, n))
    }

    /// Checks that every row must satisfy, of the table and of its columns' domains.
    fn checks(&self, table: &QName, relation: &Relation, all: bool) -> Vec<String> {
        let sides = [Some(self.live), Some(self.expected).filter(|_| all)];
        let mut checks = BTreeSet::new();
        for catalog in sides.into_iter().flatten() {
            let side = catalog.relations.get(table);
            let columns = side.map_or(&[][..], |it| &it.columns);
            let own = side.into_iter().flat_map(|it| &it.constraints);
            checks.extend(own.filter_map(|check| match &check.kind {
                ConstraintKind::Check { expression, .. } => Some(spelled_out(catalog, columns, expression.to_string())),
                ConstraintKind::Primary { .. }
                | ConstraintKind::Unique { .. }
                | ConstraintKind::Foreign { .. }
                | ConstraintKind::Exclusion { .. } => None,
            }));
            for column in &relation.columns {
                let domain = column.data_type.parse::<QName>().ok().and_then(|name| catalog.domains.get(&name));
                let expressions = domain.into_iter().flat_map(|domain| domain.checks.values());
                let name = column.name.to_string();
                checks.extend(expressions.map(|it| {
                    let check = replace_word(&it.expression.to_string(), "VALUE", &name);
                    spelled_out(catalog, columns, check)
                }));
            }
        }
        checks.into_iter().collect()
    }

    /// Whether it is nullable in both catalogs.
    fn is_nullable(&self, table: &QName, column: &Column) -> bool {
        let expected = self.expected.relations.get(table).into_iter().flat_map(|it| &it.columns);
        let mut both = expected.filter(|it| it.name == column.name).chain([column]);
        let domain = |catalog: &Catalog| {
            column
                .data_type
                .parse::<QName>()
                .ok()
                .and_then(|name| catalog.domains.get(&name))
                .is_some_and(|it| it.not_null)
        };
        !both.any(Column::refuses_nulls) && !domain(self.live) && !domain(self.expected)
    }

    fn used(&self, table: &QName, relation: &Relation, column: &Column) -> Used {
        let mut used = Used { in_key: false, in_reference: false };
        for constraint in self.constraints(table) {
            match &constraint.kind {
                ConstraintKind::Primary { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                    used.in_key |= columns.contains(&column.name);
                }
                ConstraintKind::Foreign { columns, .. } => used.in_reference |= columns.contains(&column.name),
                ConstraintKind::Exclusion { definition } => {
                    used.in_key |= mentions(&definition.to_string(), &column.name);
                }
                ConstraintKind::Check { .. } => {}
            }
        }
        let expected = self.expected.relations.get(table).into_iter().flat_map(|it| &it.indexes);
        let unique = relation.indexes.iter().chain(expected).filter(|index| index.unique);
        used.in_key |= unique.into_iter().any(|index| mentions(&index.definition(), &column.name));
        used.in_key |= self.is_referenced(table, &column.name);
        used
    }

    /// A child row has to find it.
    fn is_referenced(&self, table: &QName, column: &Name) -> bool {
        let relations = self.live.relations.values().chain(self.expected.relations.values());
        relations.flat_map(|relation| &relation.constraints).any(|key| match &key.kind {
            ConstraintKind::Foreign { parent, parent_columns, .. } => {
                parent == table && parent_columns.contains(column)
            }
            ConstraintKind::Primary { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclusion { .. } => false,
        })
    }

    /// The plan adds a foreign key on the column.
    fn dangles(&self, table: &QName, column: &Column) -> bool {
        let expected = self.expected.relations.get(table).into_iter().flat_map(|it| &it.constraints);
        let is_there = |key: &Constraint| {
            let live = self.live.relations.get(table).into_iter().flat_map(|it| &it.constraints);
            live.into_iter().any(|it| it.shape() == key.shape())
        };
        expected
            .filter(|key| !is_there(key))
            .any(|key| matches!(&key.kind, ConstraintKind::Foreign { columns, .. } if columns.contains(&column.name)))
    }

    /// The lower bound of the partition for a column of its partition key: the constants of the bound are in the order
    /// of the partitioned table's columns.
    fn bound(&self, relation: &Relation, column: &Column) -> Option<String> {
        let of = relation.partition_of.as_ref()?;
        let key = self.live.relations.get(&of.parent)?.partition_key.as_ref()?.to_string();
        let (_, columns) = key.split_once(" (").filter(|(kind, _)| *kind != "HASH")?;
        let name = column.name.to_string();
        let place = columns.trim_end_matches(')').split(", ").position(|it| it.split(' ').next() == Some(&*name))?;
        constants(&of.bound.to_string()).into_iter().nth(place)
    }
}

/// A check with the expressions of generated columns in their place: an INSERT gives them no value.
fn spelled_out(catalog: &Catalog, columns: &[Column], check: String) -> String {
    columns.iter().fold(check, |check, column| match &column.generated {
        Some(Generated::Stored(expression) | Generated::Virtual(expression)) if mentions(&check, &column.name) => {
            let value = format!("(({expression})::{})", base(catalog, &column.data_type));
            replace_word(&check, &column.name.to_string(), &value)
        }
        Some(_) | None => check,
    })
}

enum Tried {
    /// The column gets a value by itself.
    Nothing,
    Values(Vec<String>),
}

struct Used {
    in_key: bool,
    in_reference: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_of_a_generated_column_is_asked_of_what_it_is_computed_from() {
        let columns = [Column {
            name: Name::from("b"),
            data_type: "integer".into(),
            not_null: false,
            not_null_constraint: None,
            default: None,
            volatile: None,
            generated: Some(Generated::Stored("(a * 2)".into())),
            identity: None,
            collation: None,
            options: Vec::new(),
            inherited: false,
        }];
        let check = spelled_out(&Catalog::default(), &columns, "((b > 3) AND (a > 1))".into());
        assert_eq!(check, "(((((a * 2))::integer) > 3) AND (a > 1))");
    }
}
