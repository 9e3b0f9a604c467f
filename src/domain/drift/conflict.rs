//! Contradictions within an expectation, found in the expected catalog alone. Pure.
//!
//! `ON DELETE SET NULL` is an internal UPDATE of the child, and CASCADE an internal DELETE: both fire the child's row
//! triggers. If such a trigger raises an exception, deleting the parent fails.

use squawk_lexer::TokenKind;

use crate::domain::catalog::{
    Catalog, ConstraintKind, Defined, Enabled, Event, Object, ReferentialAction, Routine, Trigger,
};
use crate::domain::name::{Name, QName};
use crate::domain::script::tokens::{Token, tokens};

/// One sentence for each foreign key whose action fires a trigger that refuses it, whatever the row.
pub fn conflicts(expected: &Catalog) -> Vec<String> {
    let mut found = Vec::new();
    for (table, relation) in &expected.relations {
        for constraint in &relation.constraints {
            let ConstraintKind::Foreign { parent, on_delete, .. } = &constraint.kind else { continue };
            let event = match on_delete {
                ReferentialAction::Cascade => Event::Delete,
                ReferentialAction::SetNull | ReferentialAction::SetDefault => Event::Update,
                ReferentialAction::NoAction | ReferentialAction::Restrict => continue,
            };
            for trigger in refusing(expected, table, event) {
                found.push(format!(
                    "deleting from {parent} will fail: foreign key {} on {table} acts by ON DELETE {}, an {event} of \
                     {table}, and trigger {} refuses every {event}",
                    constraint.name,
                    on_delete.as_sql(),
                    trigger,
                    event = event.as_sql(),
                ));
            }
        }
    }
    found
}

/// Triggers of the table that refuse the event, whatever the row.
pub fn refusing<'c>(catalog: &'c Catalog, table: &QName, event: Event) -> impl Iterator<Item = &'c Name> {
    let triggers = catalog.relations.get(table).into_iter().flat_map(|relation| &relation.triggers);
    let fires = triggers.filter(move |trigger| fires_on(trigger, event));
    let refuses = |trigger: &&Trigger| called(trigger).is_some_and(|name| refuses(trigger, &functions(catalog, name)));
    fires.filter(refuses).map(|trigger| &trigger.name)
}

/// Whether the trigger may fire on such an event, for each row or for the statement. If its events are unknown, it may.
pub fn fires_on(trigger: &Trigger, event: Event) -> bool {
    matches!(trigger.enabled, Enabled::Origin | Enabled::Always)
        && trigger.firing.as_ref().is_none_or(|firing| firing.events.contains(&event))
}

/// Whether an UPDATE that sets these columns may fire the trigger.
pub fn fires_on_update_of(trigger: &Trigger, columns: &[&Name]) -> bool {
    let of = trigger.firing.as_ref().map_or(&[][..], |firing| &firing.columns);
    fires_on(trigger, Event::Update) && (of.is_empty() || of.iter().any(|name| columns.contains(&name)))
}

/// The rule is enabled and applies to such an event.
pub fn acts_on(rule: &Defined, event: Event) -> bool {
    let event = event.as_sql();
    let says = |text: &str| text.split(" DO ").next().is_some_and(|head| head.contains(&format!(" ON {event} TO ")));
    matches!(rule.enabled, Enabled::Origin | Enabled::Always) && rule.definition.known().is_some_and(says)
}

/// Triggers and rules of the table that act on an UPDATE, for people.
pub fn on_update(catalog: &Catalog, table: &QName) -> Vec<String> {
    let triggers = catalog.relations.get(table).into_iter().flat_map(|relation| &relation.triggers);
    let triggers = triggers.filter(|trigger| fires_on(trigger, Event::Update));
    let rules = catalog.defined.iter().filter_map(|(object, rule)| match object {
        Object::Rule(of, name) if of == table && acts_on(rule, Event::Update) => Some(format!("rule {name}")),
        _ => None,
    });
    triggers.map(|trigger| format!("trigger {}", trigger.name)).chain(rules).collect()
}

/// The name of the function that the trigger calls.
pub fn called(trigger: &Trigger) -> Option<&QName> {
    trigger.firing.as_ref().map(|firing| &firing.function)
}

/// Functions of this name.
pub fn functions<'c>(catalog: &'c Catalog, name: &QName) -> Vec<&'c Routine> {
    catalog.routines.iter().filter(|(signature, _)| signature.name == *name).map(|(_, routine)| routine).collect()
}

/// The trigger fires for every row, and one of `functions`, which it calls, always ends by raising an exception.
pub fn refuses(trigger: &Trigger, functions: &[&Routine]) -> bool {
    let is_conditional = trigger.firing.as_ref().is_none_or(|firing| firing.conditional);
    !is_conditional && functions.iter().filter_map(|routine| routine.definition.known()).any(always_raises)
}

fn always_raises(definition: &str) -> bool {
    // The body comes last, dollar-quoted.
    let Some(body) = tokens(definition).filter(Token::is_quoted).last().and_then(|token| undollared(token.text)) else {
        return false;
    };
    let words = tokens(body).filter(|token| token.kind == TokenKind::Ident);
    let words: Vec<String> = words.map(|token| token.text.to_ascii_lowercase()).collect();
    let has_way_out = words.iter().any(|word| ["if", "case", "return", "when"].contains(&word.as_str()));
    words.windows(2).any(|pair| pair == ["raise", "exception"]) && !has_way_out
}

/// The text between `$tag$` and `$tag$`.
fn undollared(literal: &str) -> Option<&str> {
    let tag = literal.strip_prefix('$')?.split('$').next()?;
    let inner = literal.get(tag.len() + 2..)?;
    inner.get(..inner.len().checked_sub(tag.len() + 2)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_code_of_a_body_is_read() {
        let function = |body: &str| {
            format!(
                "CREATE OR REPLACE FUNCTION public.\"if\"()\n RETURNS trigger\n LANGUAGE plpgsql\n SET a TO 'return'\nAS \
                 $function${body}$function$\n"
            )
        };
        for refuses in [
            "begin raise exception 'never'; end",
            "BEGIN\n  RAISE\n  EXCEPTION 'return it, if you like'; -- in case of doubt\nEND",
            "begin raise exception using message = $$when$$, hint = \"if\"; end",
        ] {
            assert!(always_raises(&function(refuses)), "{refuses}");
        }
        for passes in [
            "begin if new.a then raise exception 'never'; end if; return new; end",
            "begin return new; end -- raise exception",
            "begin perform 'raise exception'; end",
            "begin raise notice 'exception'; return old; end",
            "",
        ] {
            assert!(!always_raises(&function(passes)), "{passes}");
        }
        assert!(!always_raises("CREATE FUNCTION f() RETURNS trigger LANGUAGE c AS 'raise exception'"));
    }
}
