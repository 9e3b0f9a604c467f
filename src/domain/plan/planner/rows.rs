//! The rows of a table as they will be when a step asks about them: with the types, collations and columns that the
//! same plan gives them before. Two texts may become one number, and two texts that differ in case one `citext`.

use std::collections::{BTreeMap, BTreeSet};

use super::domains::{base, is_enum};
use crate::domain::catalog::{Column, Generated, Object};
use crate::domain::name::{Name, QName};
use crate::domain::plan::Requirement;
use crate::domain::plan::order::mentions;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::type_change::{TypeChange, cuts, has_cast, is_text, type_change, unsized_type, uses};
use crate::domain::report::Change;

impl Planner<'_> {
    /// The table's own rows as an item of FROM, under the alias. Columns that change before, and that `asked` mentions,
    /// have their future values; columns whose values cannot be computed in advance are left out, so that the question
    /// has no answer.
    pub(in crate::domain::plan) fn rows_then(&self, table: &QName, alias: &str, asked: &str) -> String {
        self.then(table, &self.own_rows(table), alias, asked)
    }

    /// The same with the rows of its inheritance children.
    pub(in crate::domain::plan) fn all_rows_then(&self, table: &QName, alias: &str, asked: &str) -> String {
        self.then(table, &table.to_string(), alias, asked)
    }

    fn then(&self, table: &QName, rows: &str, alias: &str, asked: &str) -> String {
        let columns = self.live_relation(table).map_or(&[][..], |relation| &relation.columns);
        let new = self.expected_relation(table).map_or(&[][..], |relation| &relation.columns);
        let new: Vec<&Column> = new.iter().filter(|wanted| self.is_new_column(table, &wanted.name)).collect();
        let there = columns.iter().filter_map(|found| Some((self.expected_column(table, &found.name)?, found)));
        let recomputed = there.filter(|(wanted, found)| self.is_recomputed(table, found, wanted));
        let computed = recomputed.map(|(wanted, _)| wanted).chain(new.iter().copied());
        let computed = computed.filter(|wanted| mentions(asked, &wanted.name));
        let computed: BTreeMap<&Name, String> =
            computed.filter_map(|wanted| Some((&wanted.name, self.computed(wanted)?))).collect();
        // The columns that these are computed from are asked about with them.
        let asked = computed.values().fold(asked.to_owned(), |all, value| format!("{all} {value}"));
        let changed = |found: &Column| {
            let wanted = self.expected_column(table, &found.name).filter(|_| mentions(&asked, &found.name))?;
            self.value_then(table, found, wanted)
        };
        let there = columns.iter().map(|found| (changed(found), &found.name));
        let added = new.iter().filter(|wanted| mentions(&asked, &wanted.name));
        let added = added.filter_map(|wanted| Some((Some(self.first_value(wanted)?), &wanted.name)));
        let stored: Vec<(Option<String>, &Name)> = there.chain(added).collect();
        let is_as_it_is = stored.iter().all(|(value, _)| value.is_none());
        let listed = |value: Option<&String>, name: &Name| match value {
            Some(value) => format!("{value} as {name}"),
            None => name.to_string(),
        };
        let from = if is_as_it_is {
            rows.to_owned()
        } else {
            let values = stored.iter().filter(|(_, name)| !computed.contains_key(name));
            let values: Vec<_> = values.map(|(value, name)| listed(value.as_ref(), name)).collect();
            format!("(select {} from {rows}) as {alias}", values.join(", "))
        };
        if computed.is_empty() {
            return if is_as_it_is { format!("{rows} {alias}") } else { from };
        }
        let mut names: Vec<&Name> = stored.iter().map(|(_, name)| *name).collect();
        names.extend(computed.keys().copied().filter(|name| !stored.iter().any(|(_, known)| known == name)));
        let values: Vec<_> = names.into_iter().map(|name| listed(computed.get(name), name)).collect();
        format!("(select {} from {from}) as {alias}", values.join(", "))
    }

    fn is_new_column(&self, table: &QName, name: &Name) -> bool {
        self.live_column(table, name).is_none()
            && self.drifts(Change::Missing, &Object::Column(table.clone(), name.clone()))
    }

    /// Whether a generated column will hold other values by then: its expression or its type changes, or a column that
    /// it is computed from.
    pub(in crate::domain::plan) fn is_recomputed(&self, table: &QName, found: &Column, wanted: &Column) -> bool {
        let (Some(value), object) = (self.computed(wanted), Object::Column(table.clone(), found.name.clone())) else {
            return false;
        };
        let differs = wanted.generated != found.generated || wanted.data_type != found.data_type;
        let columns = self.live_relation(table).map_or(&[][..], |relation| &relation.columns);
        let mut sources = columns.iter().filter(|it| it.name != found.name && mentions(&value, &it.name));
        (differs && self.drifts(Change::Changed, &object))
            || sources.any(|source| {
                let wanted = self.expected_column(table, &source.name);
                wanted.is_some_and(|wanted| self.value_then(table, source, wanted).is_some())
            })
    }

    /// The value that the column will hold. `None`: its current value, or one that is computed from the row's others.
    fn value_then(&self, table: &QName, found: &Column, wanted: &Column) -> Option<String> {
        if wanted.generated.is_some()
            || !self.drifts(Change::Changed, &Object::Column(table.clone(), found.name.clone()))
        {
            return None;
        }
        let name = found.name.to_string();
        let converts = found.data_type != wanted.data_type;
        let value = if is_enum(self.on.expected, wanted) && is_enum(self.on.live, found) {
            // The type may not exist yet. Two labels differ if and only if their texts do.
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

    /// The same for a column whose type changes, also where the type is replaced by another of the same name.
    pub(in crate::domain::plan) fn value_by_then(&self, table: &QName, found: &Column, wanted: &Column) -> String {
        if let Some(of_elements) = self.elements_of(wanted) {
            // An array of a domain that may not exist yet.
            return format!("{}::{of_elements}[]", found.name);
        }
        let value = self.value_then(table, found, wanted);
        let (from, to) = (base(self.on.live, found), base(self.on.expected, wanted));
        value.unwrap_or_else(|| if from == to { found.name.to_string() } else { format!("{}::{to}", found.name) })
    }

    /// The value of a new column in existing rows. `None`: each row gets a different value, or a computed one.
    pub(in crate::domain::plan) fn first_value(&self, wanted: &Column) -> Option<String> {
        if wanted.identity.is_some() || wanted.generated.is_some() {
            return None;
        }
        let data_type = base(self.on.expected, wanted);
        match self.default_of(wanted) {
            Some(_) if self.has_volatile_default(wanted) => None,
            Some(default) => Some(format!("({})::{data_type}", self.without_domains(wanted, &default.to_string()))),
            None => Some(format!("null::{data_type}")),
        }
    }

    /// The value that the generated column will hold, computed from the row's others.
    fn computed(&self, wanted: &Column) -> Option<String> {
        match &wanted.generated {
            Some(Generated::Stored(expression) | Generated::Virtual(expression)) => {
                let expression = self.without_domains(wanted, &expression.to_string());
                Some(format!("({expression})::{}", base(self.on.expected, wanted)))
            }
            None => None,
        }
    }

    /// What the server requires of the values that it computes for existing rows: that they can be computed, fit the
    /// type, and satisfy NOT NULL and the domain.
    pub(in crate::domain::plan) fn computed_values_fit(&self, table: &QName, wanted: &Column) -> Vec<Requirement> {
        let (value, name) = (self.computed(wanted), wanted.name.to_string());
        let Some(value) = value.filter(|value| self.can_be_asked(table, value)) else { return Vec::new() };
        let rows = self.all_rows_then(table, &table.name.to_string(), &name);
        let question = |problem: String, fails: &str| Requirement {
            object: format!("{table}.{name}"),
            problem,
            count: format!("select count(*) from {rows} where {fails}"),
            sample: Some(format!("select to_jsonb({})::text from {rows} where {fails} limit 5", table.name)),
            advice: "correct these rows, or the column in the expectation".into(),
        };
        // This question counts nothing: it fails where a value cannot be computed.
        let computable = Requirement {
            count: format!("select least(count({name}), 0) from {rows}"),
            sample: None,
            ..question(format!("values of {table}.{name} cannot be computed"), "true")
        };
        let mut asked = vec![computable];
        let data_type = base(self.on.expected, wanted);
        if cuts(data_type) {
            let sources = self.all_rows_then(table, &table.name.to_string(), &value);
            let whole = value.strip_suffix(data_type).map(|it| format!("{it}{}", unsized_type(data_type)));
            let whole = whole.unwrap_or_else(|| value.clone());
            let fails = format!("rtrim(({whole})::text) is distinct from rtrim(({value})::text)");
            asked.push(Requirement {
                count: format!("select count(*) from {sources} where {fails}"),
                sample: Some(format!("select distinct ({whole})::text from {sources} where {fails} limit 5")),
                ..question(format!("values of {table}.{name} do not fit {data_type}"), "true")
            });
        }
        if wanted.refuses_nulls() {
            let problem = format!("rows of {table} would get no {name}, which is NOT NULL");
            asked.push(question(problem, &format!("{name} is null")));
        }
        asked.extend(self.domain_takes(table, wanted, &name, &rows));
        asked
    }

    /// What the value is computed from, and the functions that compute it, exist before the plan, with their future
    /// types.
    pub(in crate::domain::plan) fn can_be_asked(&self, table: &QName, value: &str) -> bool {
        let (expected, live) = (self.on.expected, self.on.live);
        let enums = expected.enums.iter().filter(|(name, it)| live.enums.get(*name) != Some(*it)).map(|(name, _)| name);
        let domains = expected.domains.keys().filter(|name| !live.domains.contains_key(*name));
        let new: BTreeSet<String> = enums.chain(domains).map(ToString::to_string).collect();
        let columns = self.expected_relation(table).map_or(&[][..], |relation| &relation.columns);
        let sources = columns.iter().filter(|column| mentions(value, &column.name));
        !new.iter().any(|name| value.contains(name.as_str()))
            && !sources.into_iter().any(|source| new.contains(source.data_type.trim_end_matches("[]")))
    }

    /// Enums can be cast from and to text only; other types go through text where the server has no cast.
    pub(in crate::domain::plan) fn needs_text(&self, wanted: &Column, found: &Column) -> bool {
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

    /// Between timestamps with and without time zone every value changes, unless the session's time zone is UTC.
    pub(in crate::domain::plan) fn type_change(
        &self,
        table: &QName,
        (found, wanted): (&Column, &Column),
    ) -> TypeChange {
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

/// Whether the type is collatable: all others accept no COLLATE.
fn has_collation(data_type: &str) -> bool {
    is_text(&unsized_type(data_type)) || unsized_type(data_type).starts_with("bpchar")
}
