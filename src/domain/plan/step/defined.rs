//! Objects that are known by the one statement that creates them: how each kind is planned for; creation, removal,
//! settings, and how a live object is distinguished from the expected one.

use std::collections::BTreeSet;

use crate::domain::catalog::{Address, Defined, Enabled, Kind, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::{Name, literal};
use crate::domain::plan::action::{Rank, create, remove};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::{Effect, Step};
use crate::domain::render;

/// How objects of a kind are planned for.
pub(in crate::domain::plan) struct Rules {
    pub(in crate::domain::plan) rank: Rank,
    pub(in crate::domain::plan) when_changed: WhenChanged,
    /// The statement with which the catalog's reader prints the definition.
    definition: &'static str,
    /// The FROM item of that statement, and its alias.
    from: &'static str,
    alias: &'static str,
}

/// What is done if the definition differs.
#[derive(Clone, Copy)]
pub(in crate::domain::plan) enum WhenChanged {
    /// CREATE OR REPLACE.
    Replace,
    /// CREATE OR REPLACE where the server accepts it; otherwise as [`WhenChanged::RecreateIfUnneeded`].
    ReplaceIfSame,
    /// Dropped and created in one transaction.
    Recreate,
    /// Dropped before all other steps and created after them: it would fire on these, and might refuse them.
    Around,
    /// Dropped and created in one transaction, where nothing depends on it.
    RecreateIfUnneeded,
    /// Its attributes are altered.
    Attributes,
}

const COMPOSITE_TYPES: &str = include_str!("../../../../sql/catalog/composite_types.sql");

/// `None`: more is known about objects of this kind than the one statement that creates them.
pub(in crate::domain::plan) fn rules(kind: Kind) -> Option<Rules> {
    let rules = |rank, when_changed, definition, from, alias| Rules { rank, when_changed, definition, from, alias };
    Some(match kind {
        Kind::CompositeType => rules(Rank::Type, WhenChanged::Attributes, COMPOSITE_TYPES, "pg_type t", "t"),
        Kind::RangeType => rules(
            Rank::Type,
            WhenChanged::RecreateIfUnneeded,
            include_str!("../../../../sql/catalog/ranges.sql"),
            "pg_range r join pg_type t on t.oid = r.rngtypid",
            "t",
        ),
        Kind::Aggregate => rules(
            Rank::Routine,
            WhenChanged::ReplaceIfSame,
            include_str!("../../../../sql/catalog/aggregates.sql"),
            "pg_aggregate a join pg_proc p on p.oid = a.aggfnoid::oid",
            "p",
        ),
        // Before row security is enabled, which hides every row if there are no policies.
        Kind::Policy => rules(
            Rank::Trigger,
            WhenChanged::Recreate,
            include_str!("../../../../sql/catalog/policies.sql"),
            "pg_policy p",
            "p",
        ),
        Kind::Rule => rules(
            Rank::Trigger,
            WhenChanged::Replace,
            include_str!("../../../../sql/catalog/rules.sql"),
            "pg_rewrite w",
            "w",
        ),
        Kind::Statistics => rules(
            Rank::Index,
            WhenChanged::Recreate,
            include_str!("../../../../sql/catalog/statistics.sql"),
            "pg_statistic_ext x",
            "x",
        ),
        Kind::EventTrigger => rules(
            Rank::EventTrigger,
            WhenChanged::Around,
            include_str!("../../../../sql/catalog/event_triggers.sql"),
            "pg_event_trigger e",
            "e",
        ),
        // After the changes of its tables: rows that the plan writes are not sent to subscribers that may lack a
        // column.
        Kind::Publication => rules(
            Rank::Setting,
            WhenChanged::Recreate,
            include_str!("../../../../sql/catalog/publications.sql"),
            "pg_publication p",
            "p",
        ),
        _ => return None,
    })
}

/// The object with all properties that its statement cannot express.
pub(in crate::domain::plan) fn created(object: &Object, wanted: &Defined) -> Vec<Step> {
    let step = create(object, &wanted.kind.words(), wanted.definition.to_string());
    let mut steps = vec![locking(step, object, wanted)];
    let bare = Defined { enabled: Enabled::Origin, target: None, roles: BTreeSet::new(), ..wanted.clone() };
    steps.extend(settings(object, wanted, &bare));
    steps
}

pub(in crate::domain::plan) fn dropped(object: &Object, found: &Defined) -> Step {
    let step = remove(object, &found.kind.words(), render::drop_defined(object));
    locking(step, object, found)
}

/// Whether `CREATE OR REPLACE` accepts the new aggregate for the old one.
pub(in crate::domain::plan) fn is_replaceable(wanted: &Defined, found: &Defined) -> bool {
    let head =
        |it: &Defined| it.definition.known().and_then(|text| text.split_once(") (")).map(|(head, _)| head.to_owned());
    wanted.returns == found.returns && head(wanted) == head(found)
}

/// The object exists, and is no longer the old one.
pub(in crate::domain::plan) fn is_new(object: &Object, found: &Defined) -> Condition {
    match rules(found.kind).map(|rules| rules.definition) {
        Some(sql) if found.kind != Kind::CompositeType => {
            row(object, found.kind, &format!("{} <> {}", printing(sql), literal(&found.definition.to_string())))
        }
        _ => condition::exists(object).and(&!attributes(object, found)),
    }
}

/// The composite type has these attributes, in this order.
pub(in crate::domain::plan) fn attributes(object: &Object, is: &Defined) -> Condition {
    let spelled: Vec<_> =
        is.attributes.iter().map(|it| literal(&format!("{} {}", it.name.as_str(), it.data_type))).collect();
    Condition::new(format!(
        "array(select a.attname || ' ' || {} from pg_attribute a where a.attrelid = to_regclass({}) and a.attnum > 0 and \
         not a.attisdropped order by a.attnum) = array[{}]::text[]",
        printing(COMPOSITE_TYPES),
        literal(&object.to_string()),
        spelled.join(", ")
    ))
}

/// The expression with which the catalog's reader prints the definition, on one line.
fn printing(sql: &str) -> String {
    let (_, rest) = sql.split_once("-- definition\n").unwrap_or(("", sql));
    let (expression, _) = rest.split_once("-- end of definition").unwrap_or((rest, ""));
    format!("({})", expression.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Such an object exists, and `is` holds for its row: a condition as the catalog's reader writes it.
fn row(object: &Object, kind: Kind, is: &str) -> Condition {
    let Some((rules, row)) = rules(kind).zip(object.class().row) else { return Condition::new("false") };
    let Rules { from, alias, .. } = rules;
    let named = |name: &Name| format!("{alias}.{} = {}", row.name, literal(name.as_str()));
    let inside = |value: String| row.inside.map_or(String::new(), |column| format!("{alias}.{column} = {value} and "));
    let namespace = |schema: &Name| inside(format!("to_regnamespace({})", literal(&schema.to_string())));
    let of = match (object, object.address()) {
        (Object::Type(name), _) => format!("t.oid = to_regtype({})", literal(&name.to_string())),
        (_, Address::Database(name)) => named(name),
        (_, Address::Schema(name)) => format!("{}{}", namespace(&name.schema), named(&name.name)),
        (_, Address::Member(relation, name)) => format!("{}{}", inside(condition::regclass(relation)), named(name)),
        (_, Address::Routine(signature)) => format!(
            "{}{} and oidvectortypes({alias}.proargtypes) = {}",
            namespace(&signature.name.schema),
            named(&signature.name.name),
            literal(&signature.arguments)
        ),
        (_, Address::Said(_)) => return Condition::new("false"),
    };
    Condition::new(format!("exists (select from {from} where {of} and {is})"))
}

/// Properties that the statement cannot express.
pub(in crate::domain::plan) fn settings(object: &Object, wanted: &Defined, found: &Defined) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut alter = |what: &str, sql: Option<String>, is: String| {
        let Some(sql) = sql else { return };
        let ensures = row(object, wanted.kind, &is);
        let step = Step::new(
            Effect::Alter(object.clone()),
            format!("set {what} of {} {object}", wanted.kind.words()),
            sql,
            ensures,
        );
        steps.push(step);
    };
    if wanted.roles != found.roles {
        let roles: Vec<_> = wanted.roles.iter().map(|role| literal(role.as_str())).collect();
        let is = format!(
            "array(select rolname::text from pg_roles r where r.oid = any (p.polroles) order by rolname) = array[{}]::text[]",
            roles.join(", ")
        );
        alter("the roles", render::policy_roles(object, wanted), is);
    }
    if wanted.target != found.target {
        let is = format!("coalesce(x.stxstattarget, -1) = {}", wanted.target.unwrap_or(-1));
        alter("the target", render::statistics_target(object, wanted), is);
    }
    if wanted.enabled != found.enabled {
        let code = match wanted.enabled {
            Enabled::Origin => 'O',
            Enabled::Disabled => 'D',
            Enabled::Replica => 'R',
            Enabled::Always => 'A',
        };
        let column = if wanted.kind == Kind::Rule { "w.ev_enabled" } else { "e.evtenabled" };
        alter("the state", render::defined_state(object, wanted), format!("{column} = '{code}'"));
    }
    steps.into_iter().map(|step| locking(step, object, wanted)).collect()
}

pub(in crate::domain::plan) fn locking(step: Step, object: &Object, it: &Defined) -> Step {
    match object {
        Object::Policy(table, _) | Object::Rule(table, _) => step.exclusive(table),
        Object::Statistics(_) => {
            it.table.iter().fold(step, |step, table| step.locking(table, LockMode::ShareUpdateExclusive))
        }
        _ => step,
    }
}

/// A column stores values of the type, directly or inside another type.
pub(in crate::domain::plan) fn is_stored(planner: &Planner<'_>, of: &Object) -> bool {
    let stores = |object: &Object| matches!(object, Object::Column(..) | Object::MaterializedView(_));
    types_over(planner, of).into_iter().any(|of| planner.lookup.dependents(of).any(stores))
}

/// The type, and the types that contain it.
pub(in crate::domain::plan) fn types_over<'a>(planner: &'a Planner<'_>, of: &'a Object) -> Vec<&'a Object> {
    let mut types = vec![of];
    let mut at = 0;
    while let Some(object) = types.get(at).copied() {
        for dependent in planner.lookup.dependents(object) {
            if matches!(dependent, Object::Type(_) | Object::Domain(_)) && !types.contains(&dependent) {
                types.push(dependent);
            }
        }
        at += 1;
    }
    types
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_is_known_by_one_statement_has_its_rules() {
        for kind in Kind::ALL {
            assert_eq!(rules(kind).is_some(), kind.facts().known.is_some(), "{kind}");
        }
    }
}
