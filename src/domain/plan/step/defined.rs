//! Composite and range types, aggregates, policies, rules, extended statistics and event triggers: created, dropped, given
//! their settings, and how a live one is told from the one that is wanted.

use std::collections::BTreeSet;

use crate::domain::catalog::{Defined, DefinedKind, Enabled, Object};
use crate::domain::lock::LockMode;
use crate::domain::name::literal;
use crate::domain::plan::action::{create, remove};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::{Effect, Step};
use crate::domain::render;

/// The object with all that its statement cannot say.
pub(in crate::domain::plan) fn created(object: &Object, wanted: &Defined) -> Vec<Step> {
    let step = create(object, word(wanted.kind), wanted.definition.to_string());
    let mut steps = vec![locking(step, object, wanted)];
    let bare = Defined { enabled: Enabled::Origin, target: None, roles: BTreeSet::new(), ..wanted.clone() };
    steps.extend(settings(object, wanted, &bare));
    steps
}

pub(in crate::domain::plan) fn dropped(object: &Object, found: &Defined) -> Step {
    let step = remove(object, word(found.kind), render::drop_defined(object, found));
    locking(step, object, found)
}

/// `CREATE OR REPLACE` takes the one aggregate for the other.
pub(in crate::domain::plan) fn is_replaceable(wanted: &Defined, found: &Defined) -> bool {
    let head =
        |it: &Defined| it.definition.known().and_then(|text| text.split_once(") (")).map(|(head, _)| head.to_owned());
    wanted.returns == found.returns && head(wanted) == head(found)
}

/// The object is there, and is not the old one any more.
pub(in crate::domain::plan) fn is_new(object: &Object, found: &Defined) -> Condition {
    let sql = match found.kind {
        DefinedKind::CompositeType => return condition::exists(object).and(&!attributes(object, found)),
        DefinedKind::RangeType => include_str!("../../../../sql/catalog/ranges.sql"),
        DefinedKind::Aggregate => include_str!("../../../../sql/catalog/aggregates.sql"),
        DefinedKind::Policy => include_str!("../../../../sql/catalog/policies.sql"),
        DefinedKind::Rule => include_str!("../../../../sql/catalog/rules.sql"),
        DefinedKind::Statistics => include_str!("../../../../sql/catalog/statistics.sql"),
        DefinedKind::EventTrigger => include_str!("../../../../sql/catalog/event_triggers.sql"),
    };
    row(object, found.kind, &format!("{} <> {}", printing(sql), literal(&found.definition.to_string())))
}

/// The composite type has these attributes, in this order.
pub(in crate::domain::plan) fn attributes(object: &Object, is: &Defined) -> Condition {
    let spelled: Vec<_> =
        is.attributes.iter().map(|it| literal(&format!("{} {}", it.name.as_str(), it.data_type))).collect();
    Condition::new(format!(
        "array(select a.attname || ' ' || {} from pg_attribute a where a.attrelid = to_regclass({}) and a.attnum > 0 and \
         not a.attisdropped order by a.attnum) = array[{}]::text[]",
        printing(include_str!("../../../../sql/catalog/composite_types.sql")),
        literal(&object.to_string()),
        spelled.join(", ")
    ))
}

/// The expression by which the catalog's reader has the definition printed, on one line.
fn printing(sql: &str) -> String {
    let (_, rest) = sql.split_once("-- definition\n").unwrap_or(("", sql));
    let (expression, _) = rest.split_once("-- end of definition").unwrap_or((rest, ""));
    format!("({})", expression.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// There is such an object of whose row `is` holds, a condition in the words of the catalog's reader.
fn row(object: &Object, kind: DefinedKind, is: &str) -> Condition {
    let text = literal(&object.to_string());
    let of = match object {
        Object::Policy(table, name) => format!(
            "pg_policy p where p.polrelid = {} and p.polname = {}",
            condition::regclass(table),
            literal(name.as_str())
        ),
        Object::Rule(table, name) => format!(
            "pg_rewrite w where w.ev_class = {} and w.rulename = {}",
            condition::regclass(table),
            literal(name.as_str())
        ),
        Object::Statistics(name) => format!(
            "pg_statistic_ext x where x.stxnamespace = to_regnamespace({}) and x.stxname = {}",
            literal(&name.schema.to_string()),
            literal(name.name.as_str())
        ),
        Object::EventTrigger(name) => format!("pg_event_trigger e where e.evtname = {}", literal(name.as_str())),
        Object::Routine(signature) => format!(
            "pg_aggregate a join pg_proc p on p.oid = a.aggfnoid::oid where p.pronamespace = to_regnamespace({}) and \
             p.proname = {} and oidvectortypes(p.proargtypes) = {}",
            literal(&signature.name.schema.to_string()),
            literal(signature.name.name.as_str()),
            literal(&signature.arguments)
        ),
        _ if kind == DefinedKind::RangeType => {
            format!("pg_range r join pg_type t on t.oid = r.rngtypid where t.oid = to_regtype({text})")
        }
        _ => format!("pg_type t where t.oid = to_regtype({text})"),
    };
    Condition::new(format!("exists (select from {of} and {is})"))
}

/// What the statement cannot say.
pub(in crate::domain::plan) fn settings(object: &Object, wanted: &Defined, found: &Defined) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut alter = |what: &str, sql: Option<String>, is: String| {
        let Some(sql) = sql else { return };
        let ensures = row(object, wanted.kind, &is);
        let step = Step::new(
            Effect::Alter(object.clone()),
            format!("set {what} of {} {object}", word(wanted.kind)),
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
        let column = if wanted.kind == DefinedKind::Rule { "w.ev_enabled" } else { "e.evtenabled" };
        alter("the state", render::defined_state(object, wanted), format!("{column} = '{code}'"));
    }
    steps.into_iter().map(|step| locking(step, object, wanted)).collect()
}

pub(in crate::domain::plan) fn word(kind: DefinedKind) -> &'static str {
    match kind {
        DefinedKind::CompositeType => "composite type",
        DefinedKind::RangeType => "range type",
        DefinedKind::Aggregate => "aggregate",
        DefinedKind::Policy => "policy",
        DefinedKind::Rule => "rule",
        DefinedKind::Statistics => "statistics",
        DefinedKind::EventTrigger => "event trigger",
    }
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
