//! Columns that change their type, and types that are replaced by others of the same name.

use std::collections::{BTreeMap, BTreeSet};

use super::RebuildGroup;
use super::conversion::Conversion;
use crate::domain::catalog::{Catalog, Column, ConstraintKind, Object};
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::action::remove;
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::order::mentions;
use crate::domain::plan::planner::{base, is_enum};
use crate::domain::plan::recipe::rebuild::{How, Node};
use crate::domain::plan::scaffold;
use crate::domain::plan::step::{constraint, foreign, index, key};
use crate::domain::plan::type_change::{TypeChange, has_cast, merges, uncut, unsized_type, uses};
use crate::domain::plan::{Effect, Requirement, Step};
use crate::domain::render;
use crate::domain::report::Change;

impl RebuildGroup<'_, '_> {
    /// The old type is renamed, and the new one takes its name.
    pub(super) fn succeed(&self, node: &Node) -> Vec<Step> {
        let expected = self.planner.on.expected;
        let (name, word, create, is_new) = match &node.object {
            Object::Type(name) => {
                let Some(wanted) = expected.enums.get(name) else { return Vec::new() };
                (name, "TYPE", render::create_enum(name, wanted), condition::labels(name, &wanted.labels))
            }
            Object::Domain(name) => {
                let Some(wanted) = expected.domains.get(name) else { return Vec::new() };
                (name, "DOMAIN", render::create_domain(name, wanted), condition::domain_over(name, &wanted.base_type))
            }
            _ => return Vec::new(),
        };
        let temporary = temporary_name(name);
        let is_renamed = condition::exists(&Object::Type(temporary.clone()));
        let word_in_text = word.to_lowercase();
        let rename = Step::new(
            Effect::Rename(node.object.clone(), Object::Type(temporary.clone())),
            format!("rename {word_in_text} {name} to {}", temporary.name),
            format!("ALTER {word} {name} RENAME TO {}", temporary.name),
            self.until_done(&is_renamed),
        );
        let created = Effect::Create(node.object.clone());
        vec![rename, Step::new(created, format!("create {word_in_text} {name}"), create, is_new)]
    }

    /// All columns of a table that change their type, in one statement.
    pub(super) fn alter(&self) -> Vec<Step> {
        let mut tables: BTreeMap<&QName, Vec<(&Column, &Column)>> = BTreeMap::new();
        for node in self.group.iter().filter(|node| node.how == How::Type) {
            let Object::Column(table, name) = &node.object else { continue };
            let Some(found) = self.planner.live_column(table, name) else { continue };
            let wanted = self.planner.expected_column(table, name).unwrap_or(found);
            tables.entry(table).or_default().push((wanted, found));
        }
        tables.into_iter().map(|(table, columns)| self.alter_table(table, &columns)).collect()
    }

    fn alter_table(&self, table: &QName, columns: &[(&Column, &Column)]) -> Step {
        let succeeded = self.group.iter().any(|node| node.how == How::Succeeded);
        let mut parts = Vec::new();
        let mut ensures: Option<Condition> = None;
        let mut worst = TypeChange::InPlace;
        let (mut requires, mut keeps) = (Vec::new(), Vec::new());
        for (wanted, found) in columns {
            let name = &wanted.name;
            // A type that is replaced keeps its name.
            let keeps_name = succeeded && wanted.data_type == found.data_type;
            let change =
                if keeps_name { TypeChange::Rewrite } else { self.planner.type_change(table, (found, wanted)) };
            let using = if wanted.generated.is_some() {
                // The server computes its values, and accepts no others.
                None
            } else if keeps_name && !is_enum(self.planner.on.expected, wanted) {
                // A domain: by its base type.
                Some(format!("{name}::{}", wanted.data_type))
            } else {
                let through_text = change == TypeChange::Rewrite && self.planner.needs_text(wanted, found);
                uses(&name.to_string(), &found.data_type, &wanted.data_type, through_text)
            };
            if found.default.is_some() {
                parts.push(format!("ALTER COLUMN {name} DROP DEFAULT"));
            }
            let collation = wanted.collation.as_ref().map(|it| format!(" COLLATE {it}")).unwrap_or_default();
            let spelled = using.as_ref().map(|using| format!(" USING {using}")).unwrap_or_default();
            parts.push(format!("ALTER COLUMN {name} TYPE {}{collation}{spelled}", wanted.data_type));
            // An identity takes no default before it has been dropped, which is another action.
            if let Some(default) = wanted.default.as_ref().filter(|_| found.identity.is_none()) {
                parts.push(format!("ALTER COLUMN {name} SET DEFAULT {default}"));
            }
            let is = condition::column_type(table, name, &wanted.data_type, wanted.collation.as_ref());
            ensures = Some(ensures.map_or(is.clone(), |all| all.and(&is)));
            worst = worst.max(change);
            let (of_rows, of_values) = self.asked(table, (wanted, found), (change, keeps_name), using.as_deref());
            requires.extend(of_rows);
            keeps.extend(of_values);
        }
        requires.extend(self.proven_again(table, columns));
        requires.extend(self.proven_in_another_order(table));
        let names: Vec<_> = columns.iter().map(|(wanted, _)| format!("{} {}", wanted.name, wanted.data_type)).collect();
        let step = Step::new(
            Effect::Alter(Object::Table(table.clone())),
            format!("alter {table}: {}", names.join(", ")),
            format!("ALTER TABLE {table} {}", parts.join(", ")),
            ensures.unwrap_or_else(|| self.done.clone()),
        );
        let converts = columns.iter().map(|(wanted, _)| Effect::Convert(Object::column(table, &wanted.name)));
        let step = converts.fold(step, Step::with);
        let step = self.planner.family(table).iter().fold(step, Step::exclusive);
        let step = self.partners(table, columns).iter().fold(step, Step::exclusive);
        let step = requires.into_iter().fold(step, Step::requiring);
        let step = keeps.into_iter().fold(step, Step::keeping);
        // A type that was renamed cannot be asked about under its own name.
        let step = if succeeded { step } else { step.guarded() };
        match worst {
            TypeChange::InPlace if !self.is_checked(table, columns) => step,
            TypeChange::Reindex if !self.is_indexed(table, columns) && !self.is_checked(table, columns) => step,
            TypeChange::InPlace | TypeChange::Reindex => self.planner.scan_that_blocks(step, table),
            TypeChange::Rewrite => self.planner.rewrite(step, table),
        }
    }

    /// Requirements on the column's rows, and on its values so that none is lost.
    fn asked(
        &self,
        table: &QName,
        (wanted, found): (&Column, &Column),
        (change, keeps_name): (TypeChange, bool),
        using: Option<&str>,
    ) -> (Vec<Requirement>, Option<Requirement>) {
        let (planner, expected) = (self.planner, self.planner.on.expected);
        if wanted.generated.is_some() {
            // The columns that it is computed from are converted by themselves, or stay.
            return (planner.computed_values_fit(table, wanted), None);
        }
        let (mut requires, mut keeps) = (Vec::new(), None);
        if let Some(labels) = labels(expected, wanted).filter(|_| change == TypeChange::Rewrite) {
            requires.push(is_label(table, wanted, labels));
        } else if change != TypeChange::InPlace && (keeps_name || wanted.data_type != found.data_type) {
            let conversion = self.conversion(table, wanted, found, using);
            requires.extend(conversion.fits());
            keeps = Some(conversion.survives());
        }
        let value = planner.value_by_then(table, found, wanted);
        requires.extend(planner.domain_takes(table, wanted, &value, &table.to_string()));
        (requires, keeps)
    }

    /// As it can be asked about before the plan: the expected type may not exist yet, or its name may belong to
    /// another.
    fn conversion<'c>(
        &'c self,
        table: &'c QName,
        wanted: &'c Column,
        found: &'c Column,
        using: Option<&str>,
    ) -> Conversion<'c> {
        let (from, to) = (base(self.planner.on.live, found), base(self.planner.on.expected, wanted));
        let using = match using {
            Some(using) if to == &*wanted.data_type => using.to_owned(),
            Some(using) if using.contains("::text") => format!("{}::text::{}", wanted.name, unsized_type(to)),
            Some(_) | None => format!("{}::{}", wanted.name, uncut(from, to)),
        };
        let has_way_back = has_cast(&self.planner.on.survey.casts, to, from);
        Conversion { table, column: wanted, from, to, using, has_way_back }
    }

    /// What the statement checks again for the new values: keys, checks and foreign keys that stay as they are.
    fn proven_again(&self, table: &QName, columns: &[(&Column, &Column)]) -> Vec<Requirement> {
        let planner = self.planner;
        let is_other = |(wanted, found): &&(&Column, &Column)| {
            wanted.collation != found.collation || merges(&found.data_type, &wanted.data_type)
        };
        let changed: Vec<&Name> = columns.iter().filter(is_other).map(|(wanted, _)| &wanted.name).collect();
        let has = |names: &[Name]| names.iter().any(|name| changed.contains(&name));
        let mentioned = |text: &str| changed.iter().any(|name| mentions(text, name));
        // A constraint that differs itself has its own requirements where it is added, unless it is created again here.
        let stays = |object: Object| {
            let is_here = || self.group.iter().any(|node| node.object == *planner.lookup.counterpart(&object));
            !planner.drifts(Change::Missing, &object) && (!planner.drifts(Change::Changed, &object) || is_here())
        };
        let Some(relation) = planner.expected_relation(table).filter(|_| !changed.is_empty()) else {
            return Vec::new();
        };
        let constraints = relation.constraints.iter();
        let constraints = constraints.filter(|it| stays(Object::Constraint(table.clone(), it.name.clone())));
        let asked = constraints.filter(|it| it.validated).filter_map(|it| match &it.kind {
            ConstraintKind::Primary { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                has(columns).then(|| key::no_duplicates(planner, table, it))
            }
            ConstraintKind::Foreign { columns, .. } => has(columns).then(|| foreign::no_orphans(planner, table, it)),
            ConstraintKind::Check { expression, no_inherit } => mentioned(&expression.to_string())
                .then(|| constraint::rows_pass(planner, table, it, (expression, *no_inherit))),
            ConstraintKind::Exclusion { .. } => None,
        });
        let indexes = relation.indexes.iter().filter(|it| it.unique && mentioned(&it.definition()));
        let indexes = indexes.filter(|it| stays(Object::Index(table.clone(), it.name.clone())));
        let children = planner.lookup.keys_to(table).filter_map(|(child, key)| {
            let ConstraintKind::Foreign { parent_columns, .. } = &key.kind else { return None };
            let object = Object::Constraint(child.clone(), key.name.clone());
            let asked = key.validated && has(parent_columns) && stays(object.clone());
            (asked && !planner.drifts(Change::Unexpected, &object)).then(|| foreign::no_orphans(planner, child, key))
        });
        asked.chain(indexes.map(|it| index::no_duplicates(planner, table, it))).chain(children).collect()
    }

    /// Tables on the other side of foreign keys by these columns: the keys are created again.
    fn partners(&self, table: &QName, columns: &[(&Column, &Column)]) -> BTreeSet<QName> {
        let changes = |names: &[Name]| names.iter().any(|name| columns.iter().any(|(_, found)| found.name == *name));
        let mut partners = BTreeSet::new();
        for table in self.planner.family(table) {
            let own = self.planner.live_relation(&table).into_iter().flat_map(|relation| &relation.constraints);
            for constraint in own {
                if let ConstraintKind::Foreign { columns, parent, .. } = &constraint.kind
                    && changes(columns)
                {
                    partners.insert(parent.clone());
                }
            }
            for (child, constraint) in self.planner.lookup.keys_to(&table) {
                if let ConstraintKind::Foreign { parent_columns, .. } = &constraint.kind
                    && changes(parent_columns)
                {
                    partners.insert(child.clone());
                }
            }
        }
        partners
    }

    /// A check that reads the column is checked again for all rows, under the lock.
    fn is_checked(&self, table: &QName, columns: &[(&Column, &Column)]) -> bool {
        let Some(relation) = self.planner.live_relation(table) else { return false };
        relation.constraints.iter().any(|constraint| match &constraint.kind {
            ConstraintKind::Check { expression, .. } => {
                let text = expression.to_string();
                columns.iter().any(|(_, found)| mentions(&text, &found.name))
            }
            ConstraintKind::Primary { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Foreign { .. }
            | ConstraintKind::Exclusion { .. } => false,
        })
    }

    fn is_indexed(&self, table: &QName, columns: &[(&Column, &Column)]) -> bool {
        let Some(relation) = self.planner.live_relation(table) else { return false };
        let has = |text: String| columns.iter().any(|(_, found)| mentions(&text, &found.name));
        relation.indexes.iter().any(|index| has(index.definition()))
            || relation.constraints.iter().any(|key| {
                !matches!(key.kind, ConstraintKind::Check { .. } | ConstraintKind::Foreign { .. })
                    && has(key.definition())
            })
    }
}

/// Drops the old type, when nothing uses it any more.
pub(super) fn drop_old(node: &Node) -> Option<Step> {
    let (name, word) = match &node.object {
        Object::Type(name) => (name, "TYPE"),
        Object::Domain(name) => (name, "DOMAIN"),
        _ => return None,
    };
    let old = temporary_name(name);
    let sql = format!("DROP {word} {old}");
    Some(remove(&Object::Type(old), "the old type", sql))
}

/// The temporary name of a type until its successor has taken over.
fn temporary_name(name: &QName) -> QName {
    QName { schema: name.schema.clone(), name: scaffold::name(name, &name.name, "type") }
}

/// The labels of the column's enum.
fn labels<'c>(catalog: &'c Catalog, column: &Column) -> Option<&'c [String]> {
    let name: QName = column.data_type.parse().ok()?;
    catalog.enums.get(&name).map(|it| it.labels.as_slice())
}

fn is_label(table: &QName, wanted: &Column, labels: &[String]) -> Requirement {
    let name = &wanted.name;
    let labels: Vec<_> = labels.iter().map(|label| literal(label)).collect();
    let others = format!("{name}::text <> all (array[{}]::text[])", labels.join(", "));
    Requirement {
        object: format!("{table}.{name}"),
        problem: format!("values of {table}.{name} are no labels of {}", wanted.data_type),
        count: format!("select count(*) from {table} where {others}"),
        sample: Some(format!("select distinct {name}::text from {table} where {others} limit 5")),
        advice: "change these values, or keep their labels in the expectation".into(),
    }
}
