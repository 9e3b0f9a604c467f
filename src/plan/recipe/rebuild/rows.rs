//! The rows of a table as they will be when a step asks about them: with the types, the collations and the columns that the
//! same plan gives them first. Two texts may be one number, and two columns that differ in case one `citext`.

use super::alter::{base, is_enum};
use super::types::{TypeChange, has_cast, is_text, type_change, unsized_type, uses};
use crate::catalog::{Column, Generated, Object};
use crate::name::{Name, QName};
use crate::plan::make::Planner;
use crate::plan::order::mentions;
use crate::plan::volatile::is_volatile;
use crate::report::Change;

impl Planner<'_> {
    /// The table's own rows as they stand in FROM, under the alias. Of the columns that change first, those that `asked`
    /// mentions are as they will be; what cannot be said before it is done is left out, so that the question has no answer.
    pub(in crate::plan) fn rows_then(&self, table: &QName, alias: &str, asked: &str) -> String {
        self.then(table, &self.own_rows(table), alias, asked)
    }

    /// The same with the rows of its heirs.
    pub(in crate::plan) fn all_rows_then(&self, table: &QName, alias: &str, asked: &str) -> String {
        self.then(table, &table.to_string(), alias, asked)
    }

    fn then(&self, table: &QName, rows: &str, alias: &str, asked: &str) -> String {
        let columns = self.live_relation(table).map_or(&[][..], |relation| &relation.columns);
        let there = columns.iter().map(|found| {
            let changed = self.expected_column(table, &found.name).filter(|_| mentions(asked, &found.name));
            let value = changed.and_then(|wanted| self.value_then(table, found, wanted));
            (value.is_some(), value.unwrap_or_else(|| found.name.to_string()), &found.name)
        });
        let new = self.expected_relation(table).map_or(&[][..], |relation| &relation.columns);
        let new = new.iter().filter(|wanted| self.live_column(table, &wanted.name).is_none());
        let new = new.filter(|wanted| mentions(asked, &wanted.name)).filter_map(|wanted| {
            self.drifts(Change::Missing, &Object::Column(table.clone(), wanted.name.clone())).then_some(())?;
            Some((true, first_value(wanted)?, &wanted.name))
        });
        let all: Vec<(bool, String, &Name)> = there.chain(new).collect();
        if !all.iter().any(|(differs, ..)| *differs) {
            return format!("{rows} {alias}");
        }
        let listed: Vec<_> = all.iter().map(|(_, value, name)| format!("{value} as {name}")).collect();
        format!("(select {} from {rows}) as {alias}", listed.join(", "))
    }

    /// What the column will hold. `None`: what it holds.
    fn value_then(&self, table: &QName, found: &Column, wanted: &Column) -> Option<String> {
        if !self.drifts(Change::Changed, &Object::Column(table.clone(), found.name.clone())) {
            return None;
        }
        if wanted.generated.is_some() {
            return computed(wanted).filter(|_| wanted.generated != found.generated);
        }
        let name = found.name.to_string();
        let converts = found.data_type != wanted.data_type;
        let value = if is_enum(self.on.expected, wanted) && is_enum(self.on.live, found) {
            // It may not be there yet. Two labels differ as their texts do.
            converts.then(|| format!("{name}::text"))
        } else {
            converts.then(|| {
                let (from, to) = (base(self.on.live, found), base(self.on.expected, wanted));
                let using = uses(&name, from, to, self.needs_text(wanted, found));
                format!("({})::{to}", using.unwrap_or(name.clone()))
            })
        };
        if found.collation == wanted.collation {
            return value;
        }
        let collation = wanted.collation.as_ref().map_or_else(|| "pg_catalog.\"default\"".into(), ToString::to_string);
        let value = value.unwrap_or_else(|| name.clone());
        Some(if has_collation(&wanted.data_type) { format!("({value}) collate {collation}") } else { value })
    }

    /// Enums are cast from and to text alone; other types go through text where the server has no cast.
    pub(super) fn needs_text(&self, wanted: &Column, found: &Column) -> bool {
        let (from, to) = (&found.data_type, &wanted.data_type);
        match (is_enum(self.on.live, found), is_enum(self.on.expected, wanted)) {
            (true, true) => true,
            (true, false) => !is_text(to),
            (false, true) => !is_text(from),
            (false, false) => {
                let (from, to) = (base(self.on.live, found), base(self.on.expected, wanted));
                !has_cast(&self.on.survey.casts, from, to)
            }
        }
    }

    /// Between times with and without a zone every value changes, unless the zone of the sessions is UTC.
    pub(super) fn type_change(&self, table: &QName, (found, wanted): (&Column, &Column)) -> TypeChange {
        let (on, from, to) = (self.on, &found.data_type, &wanted.data_type);
        let is_in_utc = || {
            let owner = on.live.owner(&Object::Table(table.clone())).or(on.survey.rights.role.as_ref());
            on.survey.application.is_in_utc(owner)
        };
        match type_change(from, to) {
            TypeChange::Reindex if from.starts_with("timestamp") && from != to && !is_in_utc() => TypeChange::Rewrite,
            change => change,
        }
    }
}

/// What a new column holds in the rows that are there. `None`: each row gets a value of its own, or one that is computed.
fn first_value(wanted: &Column) -> Option<String> {
    if wanted.identity.is_some() {
        return None;
    }
    if wanted.generated.is_some() {
        return computed(wanted);
    }
    match &wanted.default {
        Some(default) if is_volatile(default) => None,
        Some(default) => Some(format!("({default})::{}", wanted.data_type)),
        None => Some(format!("null::{}", wanted.data_type)),
    }
}

/// From the row's other columns as they are.
fn computed(wanted: &Column) -> Option<String> {
    match &wanted.generated {
        Some(Generated::Stored(expression) | Generated::Virtual(expression)) => {
            Some(format!("({expression})::{}", wanted.data_type))
        }
        None => None,
    }
}

/// Of the types that can be compared by a collation of their own: all others take no COLLATE.
fn has_collation(data_type: &str) -> bool {
    is_text(&unsized_type(data_type)) || unsized_type(data_type).starts_with("bpchar")
}
