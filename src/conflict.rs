//! Expectations that fight each other: found by looking at the expected catalog alone. Pure.
//!
//! `ON DELETE SET NULL` is an internal UPDATE of the child, and CASCADE an internal DELETE: both fire the child's row
//! triggers. Where such a trigger refuses, deleting the parent fails.

use crate::catalog::{Catalog, ConstraintKind, ReferentialAction, Trigger};
use crate::name::{Name, QName};

/// One sentence for each foreign key whose action meets a trigger that refuses it, whatever the row.
pub fn conflicts(expected: &Catalog) -> Vec<String> {
    let mut found = Vec::new();
    for (table, relation) in &expected.relations {
        for constraint in &relation.constraints {
            let ConstraintKind::Foreign { parent, on_delete, .. } = &constraint.kind else { continue };
            let event = match on_delete {
                ReferentialAction::Cascade => "DELETE",
                ReferentialAction::SetNull | ReferentialAction::SetDefault => "UPDATE",
                ReferentialAction::NoAction | ReferentialAction::Restrict => continue,
            };
            for trigger in refusing(expected, table, event) {
                found.push(format!(
                    "deleting from {parent} will fail: foreign key {} on {table} acts by ON DELETE {}, an {event} of \
                     {table}, and trigger {} refuses every {event}",
                    constraint.name,
                    on_delete.as_sql(),
                    trigger,
                ));
            }
        }
    }
    found
}

/// Triggers of the table that refuse the event (`UPDATE`, `DELETE`), whatever the row.
pub fn refusing<'c>(catalog: &'c Catalog, table: &QName, event: &'static str) -> impl Iterator<Item = &'c Name> {
    let triggers = catalog.relations.get(table).into_iter().flat_map(|relation| &relation.triggers);
    let fires = triggers.filter(move |trigger| fires_on(trigger, event));
    fires.filter(|trigger| refuses_everything(catalog, trigger)).map(|trigger| &trigger.name)
}

/// Whether the trigger fires for each row of such an event.
pub fn fires_on(trigger: &Trigger, event: &str) -> bool {
    let text = trigger.definition.known().unwrap_or_default();
    // CREATE TRIGGER name BEFORE INSERT OR UPDATE OF column ON table … FOR EACH ROW …
    let events = [" BEFORE ", " AFTER "].iter().find_map(|timing| text.split_once(timing)).map(|(_, rest)| rest);
    let events = events.and_then(|rest| rest.split_once(" ON ")).map_or("", |(events, _)| events);
    text.contains(" FOR EACH ROW ") && !text.contains(" WHEN ") && events.split(' ').any(|word| word == event)
}

/// The function raises an exception and has no other way to end.
fn refuses_everything(catalog: &Catalog, trigger: &Trigger) -> bool {
    let text = trigger.definition.known().unwrap_or_default();
    let Some((_, called)) = text.rsplit_once(" EXECUTE FUNCTION ") else { return false };
    let Some(Ok(name)) = called.split('(').next().map(str::parse::<QName>) else { return false };
    let functions = catalog.routines.iter().filter(|(signature, _)| signature.name == name);
    functions.filter_map(|(_, routine)| routine.definition.known()).any(|definition| {
        let body = definition.to_lowercase();
        let has = |word: &str| body.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found == word);
        body.contains("raise exception") && !["if", "case", "return", "when"].into_iter().any(has)
    })
}
