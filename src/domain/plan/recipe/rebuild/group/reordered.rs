//! Enums whose labels get another order: expressions that compare by this order are asked about with the future
//! positions of the labels, because the type with the new order does not exist yet. An expression that cannot be asked
//! about in this way blocks the plan, by name.

use std::collections::BTreeSet;

use squawk_lexer::TokenKind;

use super::RebuildGroup;
use crate::domain::catalog::{Column, Constraint, ConstraintKind, Definition, Enum, Index, Object};
use crate::domain::name::{Name, QName, literal};
use crate::domain::plan::Requirement;
use crate::domain::plan::order::mentions;
use crate::domain::plan::recipe::rebuild::How;
use crate::domain::plan::statement::replace_word;
use crate::domain::plan::step::{constraint, index};
use crate::domain::script::tokens::tokens;

/// Marks a place in `text` where a label's own text is meant.
const AS_TEXT: &str = "::schemawarden_label";
/// Marks a column whose text is meant.
const KEPT: char = '\u{1}';

/// Operators with a `<` or a `>` that do not compare by order, longer ones before shorter ones.
const ORDERLESS: [&str; 8] = ["->>", "#>>", "->", "#>", "@>", "<@", "<>", "=>"];
/// Functions that compare by order.
const ORDERED: [&str; 6] = ["GREATEST(", "LEAST(", "enum_range(", "enum_first(", "enum_last(", "enum_cmp("];

/// A column whose values compare differently after the plan.
struct Reordered<'k> {
    column: &'k Name,
    of: QName,
    labels: &'k Enum,
    is_array: bool,
}

/// An expression about such columns.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// The new order does not change its result.
    AsItIs,
    /// With the labels' positions.
    Numbered(String),
    Unknown,
}

impl RebuildGroup<'_, '_> {
    fn reordered(&self, table: &QName) -> Vec<Reordered<'_>> {
        let (expected, live) = (self.planner.on.expected, self.planner.on.live);
        let columns = self.group.iter().filter(|node| node.how == How::Type).filter_map(|node| match &node.object {
            Object::Column(of, name) if of == table => {
                self.planner.expected_column(table, name).or_else(|| self.planner.live_column(table, name))
            }
            _ => None,
        });
        let reordered = columns.filter_map(|Column { name, data_type, .. }| {
            let of: QName = data_type.trim_end_matches("[]").parse().ok()?;
            let (labels, old) = (expected.enums.get(&of)?, live.enums.get(&of)?);
            let is_array = data_type.ends_with("[]");
            is_reordered(labels, old).then_some(Reordered { column: name, of, labels, is_array })
        });
        reordered.collect()
    }

    fn in_another_order(&self, table: &QName, text: &str) -> Asked {
        let reordered = self.reordered(table);
        let is_met = reordered.iter().any(|it| mentions(text, it.column));
        let calls_code = || self.planner.on.live.routines.keys().any(|it| text.contains(&format!("{}(", it.name)));
        match (is_met, compares(text)) {
            (true, true) => in_numbers(text, &reordered),
            (true, false) if calls_code() => Asked::Unknown,
            (true | false, _) => Asked::AsItIs,
        }
    }

    /// Whether it compares by an order that changes.
    pub(super) fn is_in_another_order(&self, table: &QName, it: &Constraint) -> bool {
        let text = match &it.kind {
            ConstraintKind::Check { expression, .. } => expression.to_string(),
            ConstraintKind::Exclusion { definition } => definition.to_string(),
            ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Foreign { .. } => {
                return false;
            }
        };
        self.in_another_order(table, &text) != Asked::AsItIs
    }

    /// Requirements: the rows satisfy the table's checks in the new order.
    pub(super) fn proven_in_another_order(&self, table: &QName) -> Vec<Requirement> {
        let relation = self.planner.expected_relation(table).into_iter();
        let checks = relation.flat_map(|relation| &relation.constraints).filter(|it| it.validated);
        let asked = checks.filter_map(|check| {
            let ConstraintKind::Check { expression, no_inherit } = &check.kind else { return None };
            let Asked::Numbered(text) = self.in_another_order(table, &expression.to_string()) else { return None };
            Some(constraint::rows_pass(self.planner, table, check, (&text.as_str().into(), *no_inherit)))
        });
        asked.collect()
    }

    /// A requirement for a unique index that covers other rows or computes other keys: no two rows share a key.
    pub(super) fn unique_in_another_order(&self, table: &QName, it: &Index) -> Option<Requirement> {
        let Asked::Numbered(_) = self.in_another_order(table, &parts(it)) else { return None };
        let numbered = |text: &Definition| match self.in_another_order(table, &text.to_string()) {
            Asked::Numbered(text) => text.as_str().into(),
            Asked::AsItIs | Asked::Unknown => text.clone(),
        };
        let mut asked = it.clone();
        for key in &mut asked.keys {
            key.expression = numbered(&key.expression);
        }
        asked.predicate = asked.predicate.as_ref().map(numbered);
        Some(index::no_duplicates(self.planner, table, &asked))
    }

    /// Objects that rows may violate in the new order, and that cannot be asked about.
    pub(super) fn unasked_in_another_order(&self) -> Vec<(String, String)> {
        let tables: BTreeSet<&QName> = self.group.iter().filter_map(|node| node.object.relation()).collect();
        let mut unasked = Vec::new();
        for table in tables.into_iter().filter(|table| !self.planner.is_empty(table)) {
            let Some(relation) = self.planner.expected_relation(table) else { continue };
            let mut block = |object: Object| {
                let reason = "the order of an enum's labels changes, and whether existing rows still satisfy it \
                    cannot be checked in advance";
                unasked.push((object.to_string(), reason.to_owned()));
            };
            for it in relation.constraints.iter().filter(|it| it.validated) {
                let is_asked = match &it.kind {
                    ConstraintKind::Check { expression, .. } => {
                        self.in_another_order(table, &expression.to_string()) != Asked::Unknown
                    }
                    ConstraintKind::Primary { .. }
                    | ConstraintKind::Unique { .. }
                    | ConstraintKind::Foreign { .. }
                    | ConstraintKind::Exclusion { .. } => false,
                };
                if !is_asked && self.is_in_another_order(table, it) {
                    block(Object::constraint(table, &it.name));
                }
            }
            for it in relation.indexes.iter().filter(|it| it.unique) {
                if self.in_another_order(table, &parts(it)) == Asked::Unknown {
                    block(Object::index(table, &it.name));
                }
            }
        }
        unasked
    }
}

/// The expressions that an index computes for a row.
fn parts(it: &Index) -> String {
    let keys = it.keys.iter().map(|key| &key.expression);
    keys.chain(&it.predicate).map(Definition::to_string).collect::<Vec<_>>().join(" and ")
}

/// Whether the remaining labels have another order.
fn is_reordered(new: &Enum, old: &Enum) -> bool {
    let kept = |these: &Enum, those: &Enum| -> Vec<String> {
        these.labels.iter().filter(|label| those.labels.contains(label)).cloned().collect()
    };
    kept(new, old) != kept(old, new)
}

/// Whether the expression compares by order.
fn compares(text: &str) -> bool {
    let rest = ORDERLESS.iter().fold(text.to_owned(), |text, operator| text.replace(operator, ""));
    rest.contains(['<', '>']) || ORDERED.iter().any(|word| text.contains(word))
}

fn in_numbers(text: &str, reordered: &[Reordered<'_>]) -> Asked {
    let met = || reordered.iter().filter(|it| mentions(text, it.column));
    if met().any(|it| it.is_array) {
        return Asked::Unknown;
    }
    let numbered = met().fold(text.to_owned(), |text, it| numbered(&text, it));
    // The remaining mentions of the type are arrays of it, or casts to it.
    let is_complete = met().all(|it| !numbered.contains(&it.of.to_string())) && !casts_a_place(&numbered);
    // From here on it may contain the labels' texts.
    if is_complete { Asked::Numbered(numbered.replace(AS_TEXT, "::text")) } else { Asked::Unknown }
}

/// The expression with positions instead of the enum's labels, except where their texts are meant.
fn numbered(text: &str, Reordered { column, of, labels, .. }: &Reordered<'_>) -> String {
    let labels: Vec<String> = labels.labels.iter().map(|label| literal(label)).collect();
    let text = text.replace(&format!("({column})::text"), &format!("({KEPT}{AS_TEXT})"));
    let text = labels.iter().enumerate().fold(text, |text, (nth, label)| {
        let text = text.replace(&format!("({label}::{of})::text"), &format!("({label}{AS_TEXT})"));
        text.replace(&format!("{label}::{of}"), &(nth + 1).to_string())
    });
    let place = format!("array_position(array[{}]{AS_TEXT}[], {KEPT}{AS_TEXT})", labels.join(", "));
    replace_word(&text, &column.to_string(), &place).replace(KEPT, &column.to_string())
}

/// Such a cast would use the text of a number.
fn casts_a_place(text: &str) -> bool {
    let place = format!("{AS_TEXT}[]");
    let mut open = Vec::new();
    tokens(text).any(|token| match token.kind {
        TokenKind::OpenParen => {
            open.push(token.at);
            false
        }
        TokenKind::CloseParen => {
            let inner = open.pop().map_or(text, |begin| text.get(begin..token.at).unwrap_or_default());
            inner.contains(&place) && text.get(token.end()..).is_some_and(|rest| rest.starts_with("::"))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_of_labels_is_one_of_their_places() {
        let new = Enum { labels: vec!["small".into(), "large".into()] };
        let old = Enum { labels: vec!["large".into(), "odd".into(), "small".into()] };
        assert!(is_reordered(&new, &old) && !is_reordered(&old, &old));
        let (of, column) = (QName { schema: Name::from("public"), name: Name::from("size") }, Name::from("s"));
        let of_type = |is_array| [Reordered { column: &column, of: of.clone(), labels: &new, is_array }];
        let place = "array_position(array['small', 'large']::text[], s::text)";
        for (text, asked) in [
            ("(s < 'large'::public.size)", Some(format!("({place} < 2)"))),
            ("(s <= ANY (ARRAY['large'::public.size]))", Some(format!("({place} <= ANY (ARRAY[2]))"))),
            ("((s)::text > ('small'::public.size)::text)", Some("((s::text) > ('small'::text))".into())),
            (
                "(((t)::text <> ''::text) AND (s > 'small'::public.size))",
                Some(format!("(((t)::text <> ''::text) AND ({place} > 1))")),
            ),
            ("((COALESCE(s, 'small'::public.size))::text > 'a'::text)", None),
            ("(s < ANY ('{large}'::public.size[]))", None),
            ("(s < (t)::public.size)", None),
        ] {
            let asked = asked.map_or(Asked::Unknown, Asked::Numbered);
            assert_eq!(in_numbers(text, &of_type(false)), asked, "{text}");
            assert_eq!(in_numbers(text, &of_type(true)), Asked::Unknown, "{text}");
        }
        for (text, is_met) in [("s < t", true), ("GREATEST(s, t)", true), ("s <> t", false), ("(a ->> 'b') = s", false)]
        {
            assert_eq!(compares(text), is_met, "{text}");
        }
    }
}
