//! Schemas and extensions.

use crate::domain::catalog::{Extension, Object};
use crate::domain::name::{Name, literal};
use crate::domain::plan::action::{Action, Rank, create, remove, transaction};
use crate::domain::plan::condition::{self, Condition};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::words::listed;
use crate::domain::plan::{Effect, Hazard, Step};
use crate::domain::report::Change;

pub(in crate::domain::plan) fn schema(planner: &mut Planner<'_>, change: Change, name: &Name) {
    let object = Object::Schema(name.clone());
    match change {
        Change::Missing => {
            let step = create(&object, "schema", format!("CREATE SCHEMA {name}"));
            planner.add(Action::new(Rank::Schema, vec![transaction(vec![step])]).making([object]));
        }
        Change::Unexpected => {
            // Without CASCADE: objects that the plan does not know stay, and the schema with them.
            let step = remove(&object, "schema", format!("DROP SCHEMA {name}"))
                .costing(Hazard::DataLoss, format!("schema {name}"));
            planner.add(Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking([object]));
        }
        // Schemas have no facts that could differ.
        Change::Changed => {}
    }
}

pub(in crate::domain::plan) fn extension(planner: &mut Planner<'_>, change: Change, name: &Name) {
    let object = Object::Extension(name.clone());
    match change {
        Change::Missing => {
            let Some(wanted) = planner.on.expected.extensions.get(name) else { return };
            let sql = format!("CREATE EXTENSION {name} SCHEMA {}", wanted.schema);
            let step = create(&object, "extension", sql);
            let action = Action::new(Rank::Extension, vec![transaction(vec![step])]).making([object]);
            planner.add(action.needing([Object::Schema(wanted.schema.clone())]));
        }
        Change::Unexpected => {
            let step = remove(&object, "extension", format!("DROP EXTENSION {name}"))
                .costing(Hazard::DataLoss, format!("extension {name} and what it holds"))
                .irreversible("the rows of an extension's own tables are lost");
            planner.add(Action::new(Rank::DropExtension, vec![transaction(vec![step])]).unmaking([object]));
        }
        Change::Changed => {
            let catalogs = (planner.on.expected.extensions.get(name), planner.on.live.extensions.get(name));
            let (Some(wanted), Some(found)) = catalogs else { return };
            match no_way(planner, name, wanted, found) {
                Some(why) => recreate(planner, name, wanted, &why),
                None => alter(planner, name, wanted, found),
            }
        }
    }
}

fn alter(planner: &mut Planner<'_>, name: &Name, wanted: &Extension, found: &Extension) {
    let object = Object::Extension(name.clone());
    let mut steps = Vec::new();
    if wanted.schema != found.schema {
        steps.push(Step::new(
            Effect::Alter(object.clone()),
            format!("move extension {name} to schema {}", wanted.schema),
            format!("ALTER EXTENSION {name} SET SCHEMA {}", wanted.schema),
            is(name, &in_schema(wanted)),
        ));
    }
    if let Some(wanted) = wanted.version.as_ref().filter(|_| wanted.version != found.version) {
        let version = literal(wanted);
        let before = found.version.as_deref().unwrap_or("what it was");
        steps.push(
            Step::new(
                Effect::Replace(object.clone()),
                format!("update extension {name} to {wanted}"),
                format!("ALTER EXTENSION {name} UPDATE TO {version}"),
                is(name, &format!("extversion = {version}")),
            )
            .costing(Hazard::NotReversible, format!("extension {name} cannot go back to {before}"))
            .irreversible("extensions have no way back to an earlier version"),
        );
    }
    planner.add(Action::new(Rank::Extension, vec![transaction(steps)]).making([object]));
}

/// Why the server cannot alter the extension as wanted.
fn no_way(planner: &Planner<'_>, name: &Name, wanted: &Extension, found: &Extension) -> Option<String> {
    let ways = planner.on.survey.extensions.get(name)?;
    if wanted.schema != found.schema && !ways.relocatable {
        return Some(format!("PostgreSQL does not move it from schema {} to {}", found.schema, wanted.schema));
    }
    let version = wanted.version.as_ref().filter(|_| wanted.version != found.version)?;
    let has_none = ways.updates.as_ref().is_some_and(|updates| !updates.contains(version));
    let from = found.version.as_deref().unwrap_or("what it is");
    has_none.then(|| format!("it has no update path from version {from} to {version} on the server"))
}

/// Drops and creates it in one transaction, if nothing depends on it.
fn recreate(planner: &mut Planner<'_>, name: &Name, wanted: &Extension, why: &str) {
    let object = Object::Extension(name.clone());
    let ways = planner.on.survey.extensions.get(name);
    let dependents = ways.map(|ways| ways.dependents.as_slice()).unwrap_or_default();
    if !dependents.is_empty() {
        planner.block(
            &name.to_string(),
            format!(
                "extension {name}: {why}, and what depends on it keeps it from being made again: {}",
                listed(dependents.iter())
            ),
            "expect it as it is, or drop these, let the extension be created again, and then create them",
        );
        return;
    }
    let version = wanted.version.as_ref().map(|it| literal(it));
    let is_version = version.as_ref().map(|version| format!(" and extversion = {version}")).unwrap_or_default();
    let is_new = is(name, &format!("{}{is_version}", in_schema(wanted)));
    let dropped = remove(&object, "extension", format!("DROP EXTENSION {name}"))
        .costing(Hazard::DataLoss, format!("extension {name} and what it holds ({why})"))
        .irreversible("the rows of an extension's own tables are lost");
    let dropped = Step { ensures: Some(condition::absent(&object).or(&is_new)), ..dropped };
    let version = version.map(|version| format!(" VERSION {version}")).unwrap_or_default();
    let sql = format!("CREATE EXTENSION {name} SCHEMA {}{version}", wanted.schema);
    let created = Step { ensures: Some(is_new), ..create(&object, "extension", sql) };
    let action = Action::new(Rank::Extension, vec![transaction(vec![dropped, created])]).making([object]);
    planner.add(action.needing([Object::Schema(wanted.schema.clone())]));
}

fn is(name: &Name, column: &str) -> Condition {
    Condition::new(format!("exists (select from pg_extension where extname = {} and {column})", literal(name.as_str())))
}

fn in_schema(wanted: &Extension) -> String {
    format!("extnamespace = to_regnamespace({})", literal(&wanted.schema.to_string()))
}
