//! What is proven again of columns that are computed anew: the constraints and unique indexes that the group puts up again
//! meet other values than those that they stood on.

use super::Knot;
use crate::domain::catalog::{Column, Constraint, ConstraintKind, Enum, Index, Object};
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::Requirement;
use crate::domain::plan::order::mentions;
use crate::domain::plan::recipe::rebuild::How;
use crate::domain::plan::statement::replace_word;
use crate::domain::plan::step::{constraint, foreign, index, key};

impl Knot<'_, '_> {
    /// The table's columns that hold other values once the group has been put up again, without being converted.
    fn computed_anew(&self, table: &QName) -> Vec<&Name> {
        let columns = self.group.iter().filter(|node| node.how == How::Anew).filter_map(|node| match &node.object {
            Object::Column(of, name) if of == table => Some(name),
            _ => None,
        });
        let is_anew = |name: &&Name| {
            let columns = (self.planner.expected_column(table, name), self.planner.live_column(table, name));
            matches!(columns, (Some(wanted), Some(found)) if self.planner.is_computed_anew(table, found, wanted))
        };
        columns.filter(is_anew).collect()
    }

    /// The rows keep the constraint by their new values.
    pub(super) fn constraint_holds(&self, table: &QName, it: &Constraint) -> Option<Requirement> {
        let (planner, anew) = (self.planner, self.computed_anew(table));
        let has = |names: &[Name]| names.iter().any(|name| anew.contains(&name));
        match &it.kind {
            ConstraintKind::Primary { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                has(columns).then(|| key::no_duplicates(planner, table, it))
            }
            ConstraintKind::Foreign { columns, parent, parent_columns, .. } => {
                let of_parent = self.computed_anew(parent);
                let is_met = it.validated && (has(columns) || parent_columns.iter().any(|it| of_parent.contains(&it)));
                is_met.then(|| foreign::no_orphans(planner, table, it))
            }
            ConstraintKind::Check { expression, no_inherit } => {
                let text = expression.to_string();
                let is_met = it.validated && anew.iter().any(|name| mentions(&text, name));
                is_met.then(|| constraint::rows_pass(planner, table, it, (expression, *no_inherit)))
            }
            ConstraintKind::Exclusion { definition } => {
                let text = definition.to_string();
                let is_met = anew.iter().any(|name| mentions(&text, name));
                is_met.then(|| constraint::pairs(planner, table, it)).flatten()
            }
        }
    }

    /// The new values are unique.
    pub(super) fn index_holds(&self, table: &QName, it: &Index) -> Option<Requirement> {
        let text = it.definition();
        let is_met = it.unique && self.computed_anew(table).iter().any(|name| mentions(&text, name));
        is_met.then(|| index::no_duplicates(self.planner, table, it))
    }

    /// Checks that compare by the order of an enum's labels, asked in the order that they will have: by their numbers, for the
    /// type that has it is not there yet.
    pub(super) fn proven_in_another_order(
        &self,
        table: &QName,
        columns: &[(&Column, &Column)],
    ) -> impl Iterator<Item = Requirement> {
        let (expected, live) = (self.planner.on.expected, self.planner.on.live);
        let reordered = columns.iter().filter_map(|(wanted, _)| {
            let name: QName = wanted.data_type.parse().ok()?;
            let (new, old) = (expected.enums.get(&name)?, live.enums.get(&name)?);
            is_reordered(new, old).then_some((&wanted.name, name, new))
        });
        let reordered: Vec<(&Name, QName, &Enum)> = reordered.collect();
        let relation = self.planner.expected_relation(table).filter(|_| !reordered.is_empty());
        let checks = relation.into_iter().flat_map(|relation| &relation.constraints).filter(|it| it.validated);
        checks.filter_map(move |check| {
            let ConstraintKind::Check { expression, no_inherit } = &check.kind else { return None };
            let text = expression.to_string();
            let is_met = reordered.iter().any(|(name, ..)| mentions(&text, name)) && compares(&text);
            let by_number = reordered.iter().fold(text, |text, (column, name, new)| numbered(&text, column, name, new));
            let is_told = reordered.iter().all(|(_, name, _)| !by_number.contains(&name.to_string()));
            (is_met && is_told && !by_number.contains("::text")).then(|| {
                // The labels' texts are in it from here on alone.
                let by_number = by_number.replace("::schemawarden_label", "::text");
                constraint::rows_pass(self.planner, table, check, (&by_number.as_str().into(), *no_inherit))
            })
        })
    }
}

/// Labels that stay are in another order.
fn is_reordered(new: &Enum, old: &Enum) -> bool {
    let kept = |these: &Enum, those: &Enum| -> Vec<String> {
        these.labels.iter().filter(|label| those.labels.contains(label)).cloned().collect()
    };
    kept(new, old) != kept(old, new)
}

/// Whether the expression asks which of two comes first.
fn compares(text: &str) -> bool {
    let rest = text.replace("<>", "").replace("->", "");
    rest.contains('<') || rest.contains('>')
}

/// The expression with the places of the enum's labels instead of them.
fn numbered(text: &str, column: &Name, name: &QName, new: &Enum) -> String {
    let labels: Vec<String> = new.labels.iter().map(|label| literal(label)).collect();
    let places = labels.iter().enumerate();
    let text = places
        .fold(text.to_owned(), |text, (nth, label)| text.replace(&format!("{label}::{name}"), &(nth + 1).to_string()));
    let cast = "::schemawarden_label";
    let place = format!("array_position(array[{}]{cast}[], {column}{cast})", labels.join(", "));
    replace_word(&text, &column.to_string(), &place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_of_labels_is_one_of_their_places() {
        let (size, column) = (QName { schema: Name::from("public"), name: Name::from("size") }, Name::from("s"));
        let new = Enum { labels: vec!["small".into(), "large".into()] };
        let old = Enum { labels: vec!["large".into(), "odd".into(), "small".into()] };
        assert!(is_reordered(&new, &old) && !is_reordered(&old, &old));
        let text = "(s < 'large'::public.size)";
        assert_eq!(
            numbered(text, &column, &size, &new),
            "(array_position(array['small', 'large']::schemawarden_label[], s::schemawarden_label) < 2)"
        );
        assert!(compares(text) && !compares("(s <> 'large'::public.size)"));
    }
}
