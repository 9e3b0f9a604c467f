//! Schemas and extensions.

use crate::domain::catalog::Object;
use crate::domain::name::{Name, literal};
use crate::domain::plan::action::{Action, Rank, create, remove, transaction};
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
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
            // Without CASCADE: what the plan does not know in it stays, and the schema with it.
            let step = remove(&object, "schema", format!("DROP SCHEMA {name}"))
                .costing(Hazard::DataLoss, format!("schema {name}"));
            planner.add(Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking([object]));
        }
        // A schema has no facts of its own.
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
            let mut steps = Vec::new();
            let is = |column: &str| {
                condition::Condition::new(format!(
                    "exists (select from pg_extension where extname = {} and {column})",
                    literal(name.as_str())
                ))
            };
            if wanted.schema != found.schema {
                let schema = literal(&wanted.schema.to_string());
                steps.push(Step::new(
                    Effect::Alter(object.clone()),
                    format!("move extension {name} to schema {}", wanted.schema),
                    format!("ALTER EXTENSION {name} SET SCHEMA {}", wanted.schema),
                    is(&format!("extnamespace = to_regnamespace({schema})")),
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
                        is(&format!("extversion = {version}")),
                    )
                    .costing(Hazard::NotReversible, format!("extension {name} cannot go back to {before}"))
                    .irreversible("extensions have no way back to an earlier version"),
                );
            }
            planner.add(Action::new(Rank::Extension, vec![transaction(steps)]).making([object]));
        }
    }
}
