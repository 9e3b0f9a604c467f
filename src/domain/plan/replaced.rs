//! Routines that a plan replaces, and the stored results that they have computed.

use std::collections::BTreeSet;

use super::planner::Planner;
use crate::domain::catalog::{Object, Routine, Signature};
use crate::domain::report::Change;

/// Replaced routines.
pub(in crate::domain::plan) type By = BTreeSet<Signature>;

/// Routines whose replacement may compute other results, and that an index or a generated column may use.
pub(in crate::domain::plan) fn replaced(planner: &Planner<'_>) -> Vec<Signature> {
    let changed = planner.on.drift.iter().filter(|drift| drift.change == Change::Changed);
    let signatures = changed.filter_map(|drift| match &drift.subject {
        Object::Routine(signature) if !planner.is_handled(&drift.subject) => Some(signature),
        _ => None,
    });
    let counts = |signature: &&Signature| {
        let sides = (planner.on.expected.routines.get(*signature), planner.on.live.routines.get(*signature));
        let (Some(wanted), Some(found)) = sides else { return false };
        let (new, old) = (Meaning::of(wanted), Meaning::of(found));
        (new.immutable || old.immutable) && new.computes != old.computes
    };
    signatures.filter(counts).cloned().collect()
}

/// What a routine's definition says about its results.
#[derive(Debug, PartialEq, Eq)]
struct Meaning {
    immutable: bool,
    /// The definition without what only the query planner uses: volatility and cost.
    computes: String,
}

impl Meaning {
    fn of(routine: &Routine) -> Self {
        let text = routine.definition.to_string();
        let mut immutable = false;
        let mut computes = String::new();
        let mut in_head = true;
        for line in text.lines() {
            in_head &= computes.is_empty() || line.starts_with(' ');
            let is_attributes =
                in_head && [" RETURNS ", " LANGUAGE ", " SET "].iter().all(|word| !line.starts_with(word));
            if computes.is_empty() || !is_attributes {
                computes.extend([line, "\n"]);
            } else {
                let words: BTreeSet<&str> = line.split(' ').collect();
                immutable |= words.contains("IMMUTABLE");
                let kept = ["STRICT", "DEFINER", "WINDOW"].into_iter().filter(|word| words.contains(word));
                computes.extend(kept.flat_map(|word| [word, "\n"]));
            }
        }
        Self { immutable, computes }
    }
}

/// Objects that depend on the routine, also through views, other routines and columns that it computes.
pub(in crate::domain::plan) fn computed_by(planner: &Planner<'_>, signature: &Signature) -> BTreeSet<Object> {
    let mut found = BTreeSet::new();
    let mut queue = vec![Object::Routine(signature.clone())];
    while let Some(object) = queue.pop() {
        let is_view = |object: &Object| matches!(object, Object::View(_) | Object::MaterializedView(_));
        let is_column = matches!(object, Object::Column(..));
        // For a view, its columns are named.
        let relation = object.relation().filter(|_| is_view(&object)).and_then(|name| planner.live_relation(name));
        let columns = relation.into_iter().flat_map(|relation| &relation.columns);
        let columns = columns.filter_map(|it| Some(Object::Column(object.relation()?.clone(), it.name.clone())));
        for on in columns.chain([object.clone()]) {
            // Other objects that name the column meet its values when they are written.
            for dependent in planner.lookup.dependents(&on).filter(|it| !is_column || is_view(it)) {
                let is_stored = matches!(dependent, Object::Column(table, name)
                    if planner.live_column(table, name).is_some_and(|it| it.generated.is_some()));
                let passes_on = is_stored || is_view(dependent) || matches!(dependent, Object::Routine(_));
                if found.insert(dependent.clone()) && passes_on {
                    queue.push(dependent.clone());
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::RoutineKind;

    fn meaning(attributes: &str, body: &str) -> Meaning {
        let head = "CREATE OR REPLACE FUNCTION public.n(text)\n RETURNS text\n LANGUAGE sql\n";
        Meaning::of(&Routine {
            kind: RoutineKind::Function,
            returns: "text".into(),
            definition: format!("{head}{attributes}AS $function${body}$function$\n").as_str().into(),
            is_trigger: false,
        })
    }

    #[test]
    fn a_routine_computes_something_else_where_more_has_changed_than_what_the_planner_reads() {
        let old = meaning(" IMMUTABLE COST 7\n", "select 1");
        for (attributes, body, immutable, same) in [
            (" IMMUTABLE PARALLEL SAFE LEAKPROOF\n", "select 1", true, true),
            ("", "select 1", false, true),
            (" IMMUTABLE STRICT\n", "select 1", true, false),
            (" IMMUTABLE\n SET search_path TO ''\n", "select 1", true, false),
            (" IMMUTABLE COST 7\n", "select 2", true, false),
            // A line of the body that looks like attributes.
            (" IMMUTABLE COST 7\n", "select 1\n STABLE", true, false),
        ] {
            let new = meaning(attributes, body);
            assert_eq!((new.immutable, new.computes == old.computes), (immutable, same), "{attributes}{body}");
        }
        assert_ne!(meaning("", "a\n STABLE"), meaning("", "a\n IMMUTABLE"));
    }
}
